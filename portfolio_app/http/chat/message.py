"""One chat message in each of its four states."""

from typing import Final

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.icon import icon
from portfolio_app.http.kit.kinds import Row, RowHandler
from portfolio_app.http.kit.pill import tag

TALL_LINES: Final = 14
"""A message of more lines, or of more characters than `TALL_CHARACTERS`, is folded until its reader opens it."""
TALL_CHARACTERS: Final = 700


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


def _pending_note() -> rx.Component:
    return rx.el.p(icon("clock"), "Waiting for a moderator. Only you see this.", class_name="message-note")


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


def _body(message: Row) -> rx.Component:
    body = message["body"].to(str)
    tall = (body.split("\n").length() > TALL_LINES) | (body.length() > TALL_CHARACTERS)
    # The element after the text opens it, by a rule of the stylesheet: no state has to remember what is open.
    more = rx.el.details(rx.el.summary("Show all"), class_name="message-more", data_testid="chat-more")
    return rx.fragment(
        rx.el.p(body, dir="auto", class_name="message-body", data_testid="chat-body"), rx.cond(tall, more)
    )


def message_row(message: Row, *, on_retry: RowHandler, on_discard: RowHandler) -> rx.Component:
    """`status` is visible, pending, sending or failed; `error` is shown with failed only.

    `key` stays the same while a message is confirmed, so that it keeps its element.
    """
    return rx.el.article(
        _meta(message),
        _body(message),
        rx.match(
            message["status"],
            ("pending", _pending_note()),
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
