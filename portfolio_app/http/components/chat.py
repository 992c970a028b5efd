"""A room: its messages, and the composer under them."""

import reflex as rx

from portfolio_app.http.components.button import link_button
from portfolio_app.http.components.composer import composer
from portfolio_app.http.components.interactive import follow
from portfolio_app.http.components.kinds import Flag, Handler, Number, Rows, Text
from portfolio_app.http.components.message import RowHandler, message_row, waiting_note
from portfolio_app.http.components.panel import empty_state, loading_state, panel


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


def _older_held(number: Number | int) -> rx.Component:
    words = rx.cond(number == 1, "One older message of yours waits", f"{number} older messages of yours wait")
    return waiting_note(words, " for a moderator, too.")


def chat_panel(
    *,
    room: Text,
    rows: Rows,
    ready: Flag,
    missing: Flag,
    held_before: Number | int,
    on_send: Handler,
    on_retry: RowHandler,
    on_discard: RowHandler,
    error: Text,
    posting_as: Text,
    is_guest: Flag,
    id_prefix: str = "",
) -> rx.Component:
    """`ready` turns true once the window has been read; until then nothing claims to be empty. `missing` says
    that there is no such room: `error` has the words, and nothing can be written. `held_before` counts messages
    of the visitor that wait for a moderator and are not among the rows.

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
        rx.cond(held_before != 0, _older_held(held_before)),
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
