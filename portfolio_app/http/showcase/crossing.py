"""The visitor's last post on its way through the layers, to scale."""

from typing import Any, Final

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.kinds import Child, Handler, Row, Text
from portfolio_app.http.kit.layer import Layer

_ROWS: Final = list[dict[str, Any]]
_WAY_IN: Final[tuple[Layer, ...]] = ("http", "app", "domain", "infra")


def _bar(stretch: Row) -> rx.Component:
    return rx.el.span(
        class_name="crossing-part",
        data_layer=stretch["layer"],
        custom_attrs={"style": rx.Var.create({"--part": stretch["part"]})},
    )


def _stretch(layer: Text, took: Text, **attributes: str) -> rx.Component:
    return rx.el.li(
        rx.el.span(layer, class_name="crossing-layer"),
        rx.el.span(took, class_name="crossing-took"),
        class_name="crossing-stretch",
        data_layer=layer,
        **attributes,
    )


def _stretches(*rows: Child) -> rx.Component:
    return rx.el.ol(*rows, class_name="crossing-stretches")


def _head(words: rx.Component, *action: Child) -> rx.Component:
    return rx.el.div(words, *action, class_name="crossing-head")


def _track(*parts: Child, key: Text) -> rx.Component:
    # Another post is another bar, which grows anew.
    return rx.el.div(*parts, key=key, class_name="crossing-bar", aria_hidden="true")


def _crossed(crossing: Row, on_trace: Handler) -> rx.Component:
    stretches = crossing["stretches"].to(_ROWS)
    return rx.fragment(
        _head(
            rx.el.p("Your last accepted post: ", rx.el.b(crossing["took"]), " by layer"),
            button("Open its waterfall", on_click=on_trace),
        ),
        _track(rx.foreach(stretches, _bar), key=crossing["request_id"].to(str)),
        _stretches(
            rx.foreach(
                stretches,
                lambda found: _stretch(found["layer"], found["took"], data_testid="crossing-stretch"),
            )
        ),
    )


def _awaited() -> rx.Component:
    words = "Send a message: it crosses four layers, and here stands how long each of them took."
    return rx.fragment(
        _head(rx.el.p(words)), _track(key="none"), _stretches(*(_stretch(layer, "–") for layer in _WAY_IN))
    )


def crossing_strip(
    crossing: Row, *, on_trace: Handler, label: str = "Your last post, layer by layer"
) -> rx.Component:
    """`crossing` is undefined until there was a post: see `crossing_views.py`; `label` names the region."""
    return rx.el.section(
        rx.cond(
            crossing,
            _crossed(crossing, on_trace),
            _awaited(),
        ),
        class_name="crossing",
        aria_label=label,
        aria_live="polite",
        data_testid="crossing",
    )
