"""One chat message in each of its four states."""

from typing import Any, TypeAlias

import reflex as rx

from portfolio_app.http.components.button import button
from portfolio_app.http.components.icon import icon
from portfolio_app.http.components.kinds import Child, Row
from portfolio_app.http.components.pill import tag

RowHandler: TypeAlias = Any
"""Called with the row's id Var, gives what a button does: an event handler, or a function of the Var."""


def _meta(message: Row) -> rx.Component:
    return rx.el.header(
        rx.el.b(message["author"], class_name="message-author", data_testid="chat-author"),
        rx.cond(message["tag"], tag(message["tag"])),
        rx.el.span(
            rx.match(
                message["status"],
                ("sending", rx.fragment("sending")),
                ("failed", rx.fragment("not sent")),
                rx.el.time(message["time"]),
            ),
            class_name="message-when",
        ),
        class_name="message-meta",
    )


def waiting_note(*words: Child) -> rx.Component:
    """A line about what waits for a moderator."""
    return rx.el.p(icon("clock"), *words, class_name="message-note")


def _failure(message: Row, on_retry: RowHandler, on_discard: RowHandler) -> rx.Component:
    return rx.el.div(
        rx.el.p(icon("alert"), message["error"], class_name="message-error"),
        rx.el.div(
            button("Retry", icon_name="retry", on_click=on_retry(message["cid"])),
            button("Discard", kind="plain", on_click=on_discard(message["cid"])),
            class_name="message-actions",
        ),
        class_name="message-failure",
    )


def message_row(message: Row, *, on_retry: RowHandler, on_discard: RowHandler) -> rx.Component:
    """`status` is visible, pending, sending or failed; `error` is shown with failed only.

    `key` stays the same while a message is confirmed, so that it keeps its element.
    """
    return rx.el.article(
        _meta(message),
        rx.el.p(message["body"], class_name="message-body", data_testid="chat-body"),
        rx.match(
            message["status"],
            ("pending", waiting_note("Waiting for a moderator. Only you see this.")),
            ("failed", _failure(message, on_retry, on_discard)),
            rx.fragment(),
        ),
        key=message["key"],
        class_name="message",
        data_testid="chat-message",
        data_message_id=message["id"],
        data_rev=message["rev"],
        data_status=message["status"],
    )
