"""A room: its messages, and the composer under them."""

import reflex as rx

from portfolio_app.http.chat.composer import composer
from portfolio_app.http.chat.message import message_row
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.interactive import follow
from portfolio_app.http.kit.kinds import Flag, Handler, RowHandler, Rows, Text
from portfolio_app.http.kit.panel import empty_state, loading_state, panel


def _rows(rows: Rows, on_retry: RowHandler, on_discard: RowHandler) -> rx.Component:
    return rx.foreach(rows, lambda message: message_row(message, on_retry=on_retry, on_discard=on_discard))


def _no_room(problem: Text) -> rx.Component:
    return empty_state(
        problem,
        "The address may be mistyped.",
        link_button("Open the chat", "/chat", kind="primary"),
        role="alert",
        data_testid="chat-error",
    )


def chat_panel(
    *,
    room: Text,
    rows: Rows,
    ready: Flag,
    missing: Flag,
    on_send: Handler,
    on_retry: RowHandler,
    on_discard: RowHandler,
    error: Text,
    posting_as: Text,
    is_guest: Flag,
    id_prefix: str = "",
) -> rx.Component:
    """`ready` turns true once the window has been read; until then nothing claims to be empty. `missing` says
    that there is no such room: `error` has the words, and nothing can be written.

    A row has key, id, rev, cid, author, tag, body, time, status and error (see `message_row`).
    `on_send` receives the form's `body`; `on_retry` and `on_discard` are called with a row's cid.
    `id_prefix` as in `field`.
    """
    open_room = rx.fragment(
        follow(
            rx.cond(
                ready,
                rx.cond(
                    rows.length() > 0,
                    _rows(rows, on_retry, on_discard),
                    empty_state("No messages yet.", "Write the first one: every open tab gets it."),
                ),
                loading_state("Reading the room…"),
            ),
            noun="message",
            label="Messages",
            data_testid="chat-log",
        ),
        composer(
            ready=ready,
            on_send=on_send,
            error=error,
            posting_as=posting_as,
            is_guest=is_guest,
            id_prefix=id_prefix,
        ),
    )
    name = rx.cond(missing, "none", rx.cond(ready, room, "…"))
    return panel(
        rx.fragment("Room: ", rx.el.span(name, data_testid="chat-room")),
        rx.cond(missing, _no_room(error), open_room),
        data_panel="chat",
    )
