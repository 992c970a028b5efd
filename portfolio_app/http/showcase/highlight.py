"""A slice of the project: what it is, where it runs, where to read it."""

from collections.abc import Sequence

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.kinds import Child


def highlight_card(
    title: str, claim: Child, routes: Sequence[tuple[str, str]], code: Sequence[tuple[str, Child]]
) -> rx.Component:
    """`routes` are label and address; `code` is symbol and place."""
    links = (rx.el.li(A.create(label, href=address)) for label, address in routes)
    places = (rx.el.li(rx.el.code(symbol), place, class_name="highlight-place") for symbol, place in code)
    return rx.el.li(
        rx.el.h3(title, class_name="highlight-title"),
        rx.el.p(claim),
        rx.el.ul(*links, class_name="highlight-routes", aria_label="Where it runs"),
        rx.el.ul(*places, class_name="highlight-code", aria_label="Where to read it"),
        class_name="highlight",
        data_testid="highlight-card",
    )


def highlight_strip(*cards: rx.Component) -> rx.Component:
    """Side by side where there is room."""
    return rx.el.ul(*cards, class_name="highlights")
