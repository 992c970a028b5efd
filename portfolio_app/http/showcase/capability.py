"""What one tab of the showcase is made of: a claim in words, and live facts that bear it out."""

from collections.abc import Sequence

import reflex as rx

from portfolio_app.http.kit.kinds import Child, Row, Rows, Text
from portfolio_app.http.kit.panel import empty_state
from portfolio_app.http.kit.pill import tag


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
    """Stands under the facts that it is about."""
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
            rx.el.ol(rx.foreach(rows, _handoff), aria_label="Hand-offs"),
        ),
        empty_state("No message of yours yet.", "Post something in the chat: it appears here, to you alone."),
    )


def _emitted(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.time(row["at"], class_name="emitted-at"),
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
                rx.foreach(rows, _emitted), class_name="emitted", aria_label="Emitted rows", tab_index=0
            ),
            capability_action(action),
        ),
        empty_state(
            "No recent post of yours.", "Post something in the chat, and read here what that set off."
        ),
    )


def problem_note(text: Text) -> rx.Component:
    """Why there are no facts."""
    return rx.el.p(text, class_name="capability-problem", role="status")
