"""Marks within a line of text or beside it: icons, pills, the layers, and words for screen readers alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

import reflex as rx

from portfolio_app.http.kit.kinds import Text
from portfolio_app.http.kit.scripts import script_function
from portfolio_app.words import said, t

IconName = Literal[
    "alert", "arrow", "check", "clock", "close", "copy", "down", "moon", "pause", "play", "retry", "save", "send",
    "sun", "system", "trash",
]  # fmt: skip

_PATHS: Final[dict[IconName, str]] = {
    "alert": "M8 2 1.5 13.5h13zM8 6.5v3M8 11.6v.1",
    "arrow": "M2 8h11M9.5 4.5 13 8l-3.5 3.5",
    "check": "m3 8.5 3.5 3.5L13 4.5",
    "clock": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M8 4.5V8l2.5 1.5",
    "close": "m3.5 3.5 9 9M12.5 3.5l-9 9",
    "copy": "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
    "down": "M8 3v10M4.5 9.5 8 13l3.5-3.5",
    "moon": "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7",
    "pause": "M5.5 3v10M10.5 3v10",
    "play": "M4.5 2.5v11L13 8z",
    "retry": "M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3",
    "save": "M8 2v8.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
    "send": "M8 13V3M4 7l4-4 4 4",
    "sun": "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.2M8 13.8V15M1 8h1.2M13.8 8H15"
    "M3 3l.9.9M12.1 12.1l.9.9M3 13l.9-.9M12.1 3.9l.9-.9",
    "system": "M1.5 3h13v8.5h-13zM5.5 14h5",
    "trash": "M2.5 4h11M6 4V2h4v2M4 4l.7 10h6.6L12 4",
}


def icon(name: IconName) -> rx.Component:
    """A decoration beside words that already say it, hidden from screen readers."""
    return rx.el.svg(
        rx.el.svg.path(d=_PATHS[name]),
        class_name="icon",
        view_box="0 0 16 16",
        aria_hidden="true",
    )


_OF_REQUEST_ID: Final = 8


def short_id(request_id: Any) -> rx.Var[str]:  # noqa: ANN401 (a Var)
    """A request's id as each of its views shows it."""
    shortened: rx.Var[str] = rx.Var.create(request_id).to(str)[:_OF_REQUEST_ID]
    return shortened


HIDDEN: Final = "visually-hidden"


def untranslated() -> dict[str, str]:
    """Custom attributes of what is a name or code: a browser's translation leaves it as it is.

    New ones each time: the framework adds an element's other attributes to them.
    """
    return {"translate": "no"}


def spoken(words: Text) -> rx.Component:
    """Read by a screen reader, not shown."""
    return rx.el.span(words, class_name=HIDDEN)


def in_words(value: Text, names: Iterable[str]) -> Text:
    """A name that the program knows, in the site's language; `value` is one of `names`."""
    if isinstance(value, str):
        return said(value)
    called = {str(name): said(name) for name in names}
    if all(name == words for name, words in called.items()):
        return value
    found: rx.Var[str] = rx.match(value, *called.items(), value).to(str)
    return found


def pill(key: Text, value: Text) -> rx.Component:
    """One key and value, the value standing out."""
    return rx.el.span(key, " ", rx.el.b(value), class_name="pill")


def tag(text: Text) -> rx.Component:
    """A short mono mark, such as the one that tells two guests apart; a layer's name has the layer's hue."""
    return rx.el.span(
        text, class_name="tag", data_layer=text if isinstance(text, str) and text in LAYERS else None
    )


_TIMES: Final = "$/public/js/times.js"


def clock(at: Any) -> rx.Component:  # noqa: ANN401 (a Var)
    """Hour and minute of `at`, milliseconds since the epoch, where the reader is; the tooltip has the whole date."""
    return _time(at, "clock")


def epoch_ms(at: datetime) -> int:
    """Milliseconds since the epoch, as `clock`, `moment` and the browser's scripts take a time."""
    return int(at.timestamp() * 1000)


def moment(at: Any) -> rx.Component:  # noqa: ANN401 (a Var)
    """Date and time of `at`, milliseconds since the epoch or ISO, where the reader is; the tooltip names the zone."""
    return _time(at, "moment")


def instant(at: Any, **attributes: str) -> rx.Component:  # noqa: ANN401 (a Var)
    """Time of day of `at` to the millisecond, where the reader is: without a tooltip, for rows come in storms."""
    return rx.el.time(as_text(at, "instant"), date_time=as_text(at, "iso"), **attributes)


def as_text(at: Any, notation: Literal["clock", "instant", "moment", "iso", "fullDate"]) -> rx.Var[str]:  # noqa: ANN401 (a Var)
    """`at` as mere text, for where no element may stand."""
    text: rx.Var[str] = script_function(notation, _TIMES).call(at).to(str)
    return text


def _time(at: Any, notation: Literal["clock", "moment"]) -> rx.Component:  # noqa: ANN401 (a Var)
    return rx.el.time(as_text(at, notation), date_time=as_text(at, "iso"), title=as_text(at, "fullDate"))


def in_zone(text: Text) -> Text:
    """A sentence of the server with its moments where the reader is: it has them in UTC, and says so."""
    return text if isinstance(text, str) else script_function("inZone", _TIMES).call(text).to(str)


Layer = Literal["domain", "app", "infra", "http"]

LAYERS: Final[tuple[Layer, ...]] = ("domain", "app", "infra", "http")


def _step(layer: Layer, *, last: bool) -> rx.Component:
    arrow = [] if last else [rx.el.span(icon("arrow"), class_name="layer-arrow")]
    return rx.el.li(layer, *arrow, class_name="layer-step", data_layer=layer)


def layer_strip() -> rx.Component:
    """`domain -> app -> infra -> http`, each in its hue: the site's signature."""
    steps = (_step(layer, last=layer == LAYERS[-1]) for layer in LAYERS)
    return rx.el.ol(*steps, class_name="layer-strip", aria_label=t("The four layers of the code"))
