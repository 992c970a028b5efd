"""The command that follows the visitor's session in a terminal."""

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.field import error_text
from portfolio_app.http.kit.kinds import Handler, Text
from portfolio_app.http.kit.panel import panel


def terminal_panel(*, field_id: str, on_reveal: Handler, error: Text) -> rx.Component:
    """`on_reveal` puts the command into the field with the id `field_id`: no state may hold it."""
    return panel(
        "The same log in a terminal",
        rx.el.div(
            rx.el.p(
                "Server-Sent Events, resumable by ",
                rx.el.code("Last-Event-ID"),
                ". The key in the command "
                "reads this session's log and nothing else; it opens streams for ten minutes.",
                class_name="terminal-text",
            ),
            rx.el.div(
                button("Make a curl command", on_click=on_reveal, test_id="stream-reveal"),
                rx.el.input(
                    id=field_id,
                    type="text",
                    read_only=True,
                    default_value="",
                    placeholder="curl -N …",
                    spell_check=False,
                    auto_complete="off",
                    aria_label="Command for a terminal",
                    class_name="terminal-command",
                    data_testid="stream-command",
                ),
                class_name="terminal-line",
            ),
            error_text(error, role="alert"),
            class_name="terminal",
        ),
        data_panel="terminal",
    )
