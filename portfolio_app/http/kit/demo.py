"""The frame in which a visitor tries a demo."""

import reflex as rx

from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.layout import panel


def demo_frame(title: Text, *children: Child, problem: Text = "") -> rx.Component:
    """What a demo offers and shows, one under the other, and why its last action was refused."""
    return panel(
        title,
        rx.el.div(
            *children, error_text(problem, role="alert", data_testid="demo-problem"), class_name="demo"
        ),
        data_testid="demo",
    )


def demo_value(value: Child) -> rx.Component:
    """A value that a demo shows; assistive technology says each new one."""
    return rx.el.output(value, class_name="demo-value", data_testid="demo-value")
