"""The parts of a tab of the showcase, and the visitor's last post on its way through the layers."""

from collections.abc import Sequence
from typing import Any, Final

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.kinds import Child, Handler, Row, Rows, Text
from portfolio_app.http.kit.layout import empty_state
from portfolio_app.http.kit.marks import Layer, instant, tag
from portfolio_app.words import parts, t


def capability(title: str, lede: Child, built: tuple[str, Sequence[str]], *facts: Child) -> rx.Component:
    """`built` is a heading and the names under it: packages, libraries or parts that are really used."""
    heading, names = built
    return rx.el.div(
        rx.el.div(
            rx.el.h3(title, class_name="capability-title"),
            rx.el.p(lede, class_name="capability-lede"),
            rx.el.p(heading, class_name="capability-built"),
            rx.el.ul(*(rx.el.li(tag(name)) for name in names), class_name="capability-names"),
            class_name="capability-words",
        ),
        rx.el.div(*facts, class_name="capability-facts"),
        class_name="capability",
    )


def capability_action(action: Child) -> rx.Component:
    """The button of a tab, under the facts that it is about."""
    return rx.el.div(action, class_name="capability-action")


def _note(words: Child) -> rx.Component:
    return rx.el.p(words, class_name="capability-note")


def _handoff(handoff: Row) -> rx.Component:
    return rx.el.li(
        rx.el.header(
            rx.el.b(handoff["kind"], class_name="handoff-kind"),
            rx.el.span(handoff["name"], class_name="handoff-name"),
            rx.el.span(handoff["where"], class_name="handoff-where"),
            class_name="handoff-head",
        ),
        rx.el.dl(
            rx.foreach(
                handoff["fields"].to(list[dict[str, str]]),
                lambda pair: rx.el.div(
                    rx.el.dt(pair["k"]), rx.el.dd(pair["v"]), class_name="handoff-field", data_testid="fact"
                ),
            ),
            class_name="handoff-fields",
        ),
        key=handoff["kind"],
        class_name="handoff",
        data_layer=handoff["layer"],
        data_testid="handoff",
    )


def handoff_list(rows: Rows, source: Text) -> rx.Component:
    """A row has kind, name, layer, where and fields (pairs of k and v); `source` says whose values they are."""
    return rx.cond(
        rows.length() > 0,
        rx.fragment(
            _note(source),
            rx.el.ol(rx.foreach(rows, _handoff), aria_label=t("Hand-offs")),
        ),
        empty_state(
            t("No message of yours yet."), t("Post something in the chat: it appears here, to you alone.")
        ),
    )


def _emitted(row: Row) -> rx.Component:
    return rx.el.li(
        instant(row["at"], class_name="emitted-at"),
        rx.el.span(row["target"], class_name="emitted-target"),
        rx.el.span(row["message"], class_name="emitted-message"),
        rx.el.span(row["ms"], " ms", class_name="emitted-took"),
        key=row["seq"],
        class_name="emitted-row",
        data_layer=row["layer"],
        data_testid="fact",
    )


def emitted_list(rows: Rows, source: Child, action: Child) -> rx.Component:
    """A row is one of the live log; `source` says of what, `action` stands under the list."""
    return rx.cond(
        rows.length() > 0,
        rx.fragment(
            _note(source),
            # It scrolls, so it has to be within reach of the keyboard.
            rx.el.ol(
                rx.foreach(rows, _emitted), class_name="emitted", aria_label=t("Emitted rows"), tab_index=0
            ),
            capability_action(action),
        ),
        empty_state(
            t("No recent post of yours."), t("Post something in the chat, and read here what that set off.")
        ),
    )


def problem_note(text: Text) -> rx.Component:
    """Why there are no facts."""
    return rx.el.p(text, class_name="capability-problem", role="status")


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
            rx.el.p(*parts("Your session's last post: {took} by layer", took=rx.el.b(crossing["took"]))),
            button(t("Open its waterfall"), on_click=on_trace),
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
    words = t("Send a message: it crosses four layers, and here stands how long each of them took.")
    return rx.fragment(
        _head(rx.el.p(words)), _track(key="none"), _stretches(*(_stretch(layer, "–") for layer in _WAY_IN))
    )


def crossing_strip(
    crossing: Row, *, on_trace: Handler, label: str = t("Your session's last post, layer by layer")
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
