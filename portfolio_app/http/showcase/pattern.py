"""A pattern of the code, beside the code."""

from collections.abc import Sequence

import reflex as rx

from portfolio_app.http.kit.kinds import Child
from portfolio_app.http.kit.pill import tag


def chip_list(kind: str, chips: Sequence[str]) -> rx.Component:
    """`kind` names what the chips have in common."""
    return rx.el.div(
        rx.el.span(kind, class_name="chips-kind"),
        rx.el.ul(*(rx.el.li(tag(chip)) for chip in chips), class_name="chips-list"),
        class_name="chips",
    )


def pattern_row(title: str, *claims: Child, chips: rx.Component, code: rx.Component) -> rx.Component:
    """The words at the left, the code at the right; one under the other on a phone."""
    return rx.el.li(
        rx.el.div(
            rx.el.h3(title, class_name="pattern-title"),
            *map(rx.el.p, claims),
            chips,
            class_name="pattern-words",
        ),
        code,
        class_name="pattern",
    )


def pattern_list(*rows: rx.Component) -> rx.Component:
    """One row a pattern."""
    return rx.el.ol(*rows)
