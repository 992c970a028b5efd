"""Panels: a titled frame, and what it shows when there is nothing to show."""

import reflex as rx

from portfolio_app.http.kit.kinds import Child, Text


def panel(title: Child, *children: Child, aside: Child = "", **attributes: Text) -> rx.Component:
    """A framed section with its own heading; `aside` stands at the heading's right."""
    return rx.el.section(
        rx.el.header(
            rx.el.h2(title, class_name="panel-title"),
            rx.el.div(aside, class_name="panel-aside"),
            class_name="panel-head",
        ),
        *children,
        class_name="panel",
        **attributes,
    )


def empty_state(title: Text, hint: Text = "", *actions: Child, **attributes: Text) -> rx.Component:
    """Says that there is nothing yet, and what would put something here."""
    return rx.el.div(
        rx.el.p(title),
        rx.el.p(hint, class_name="empty-hint"),
        *actions,
        class_name="empty",
        **attributes,
    )


def loading_state(label: Text) -> rx.Component:
    """Names what is being waited for; announced once, never animated."""
    return rx.el.div(rx.el.p(label), class_name="loading", role="status")
