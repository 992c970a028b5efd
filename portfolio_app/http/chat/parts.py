"""A message, the form that posts one, and the room they stand in."""

from dataclasses import dataclass
from typing import Final

import reflex as rx

from portfolio_app.app.ports.messages import END
from portfolio_app.domain.chat.message import BODY_LIMIT
from portfolio_app.domain.chat.moderation import LONG_BODY
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.form import form
from portfolio_app.http.kit.interactive import CountedTextarea, follow
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Number, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.layout import empty_state, loading_state, panel
from portfolio_app.http.kit.marks import HIDDEN, icon, spoken, tag
from portfolio_app.http.kit.page import Unsent

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


def _waiting_note(*words: Child) -> rx.Component:
    """A line about what waits for a moderator."""
    return rx.el.p(icon("clock"), *words, class_name="message-note")


def _failure(message: Row, on_retry: RowHandler, on_discard: RowHandler) -> rx.Component:
    return rx.el.div(
        rx.el.p(icon("alert"), message["error"], class_name="message-error"),
        rx.el.div(
            button("Retry", icon_name="retry", on_click=on_retry(message["cid"])),
            button("Discard", kind="plain", on_click=on_discard(message["cid"])),
            rx.cond(scripts.obstacle("reason") == "websocket", _without_connection(message)),
            class_name="message-actions",
        ),
        class_name="message-failure",
    )


def _without_connection(message: Row) -> rx.Component:
    """Posts the message by plain HTTP, under its own id: if it was posted after all, nothing happens twice."""
    path = rx.Var('(globalThis.location?.pathname ?? "/")').to(str)
    fields = {"body": message["body"], "client_id": message["cid"], "at": path}
    return form(
        *(rx.el.input(type="hidden", name=name, value=value) for name, value in fields.items()),
        button("Post without live connection", kind="primary", submits=True, test_id="post-plainly"),
        unsent=MESSAGE,
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
            ("pending", _waiting_note("Waiting for a moderator. Only you see this.")),
            ("failed", _failure(message, on_retry, on_discard)),
            rx.fragment(),
        ),
        key=message["key"],
        class_name="message",
        data_testid="chat-message",
        data_message_id=message["id"],
        data_rev=message["rev"],
        data_wanted=message["wanted"],
        data_status=message["status"],
    )


MESSAGE: Final = Unsent("message", "Not posted", "", "/chat", "Open the chat", kept="body")
"""What answers the form when the browser sends it by itself; the feature says what is done with it."""

DAY: Final = Unsent(
    "day",
    "Nothing looked up",
    "Going to a date needs the scripts of the page, which had not loaded yet.",
    "/chat",
    "Open the chat",
)

_INPUT: Final = "chat-input"
_KEYS: Final = "chat-keys"


def _identity(posting_as: Text, is_guest: Flag) -> rx.Component:
    return rx.fragment(
        "Posting as ",
        rx.el.b(posting_as),
        rx.cond(
            is_guest,
            rx.fragment(". ", rx.el.a("Sign in", href="/sign-in"), " to send as yourself."),
            ".",
        ),
    )


def composer(
    *,
    ready: Flag,
    on_send: Handler,
    error: Text,
    posting_as: Text,
    is_guest: Flag,
    id_prefix: str = "",
) -> rx.Component:
    """A form whose only field is `body`; it empties itself on sending.

    Until `ready` nobody knows who posts, so it doesn't say. `id_prefix` as in `field`.
    """
    input_id, keys_id = f"{id_prefix}{_INPUT}", f"{id_prefix}{_KEYS}"
    return form(
        rx.el.label("Message", html_for=input_id, class_name=HIDDEN),
        rx.el.div(
            CountedTextarea.create(
                limit=BODY_LIMIT,
                held_over=LONG_BODY,
                field_id=input_id,
                spoken_class=HIDDEN,
                name="body",
                rows=2,
                placeholder="Write a message",
                dir="auto",
                aria_describedby=keys_id,
                data_testid="chat-input",
            ),
            button("Send", kind="primary", submits=True, icon_name="send", test_id="chat-send"),
            class_name="composer-field",
        ),
        rx.el.p(error, class_name="composer-error", role="alert", data_testid="chat-error"),
        rx.el.div(
            rx.el.p(rx.cond(ready, _identity(posting_as, is_guest)), class_name="composer-identity"),
            rx.el.p(
                rx.el.kbd("Enter"),
                " sends, ",
                rx.el.kbd("Shift Enter"),
                " breaks the line.",
                id=keys_id,
                class_name="composer-keys",
            ),
            class_name="composer-foot",
        ),
        unsent=MESSAGE,
        class_name="composer",
        on_submit=on_send,
        reset_on_submit=True,
    )


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
    return _waiting_note(words, " for a moderator, too.")


@dataclass(frozen=True, slots=True)
class History:
    """What a room shows of itself: all from place `low` on, and before `high`.

    `on_older` and `on_newer` read the next page in their direction, `on_newest` goes to the end, `on_day` is called
    with the form whose `day` is a date.
    """

    low: Number | int
    high: Number | int
    on_older: Handler
    on_newer: Handler
    on_newest: Handler
    on_day: Handler

    @property
    def is_live(self) -> Flag:
        """Whether the end of the room is there, so that new messages appear below."""
        return self.high == END


def _edge(at: str, label: str, on_click: Handler) -> rx.Component:
    """The button at an end of the rows that are there; coming near it by scrolling presses it, too."""
    return rx.el.button(
        label, type="button", class_name="chat-edge", on_click=on_click, data_edge=at, data_testid=at
    )


def _day_form(history: History) -> rx.Component:
    """A date to go to; only where there is more than what is shown."""
    return form(
        rx.el.input(name="day", type="date", required=True, aria_label="Go to date", class_name="chat-day"),
        button("Go", kind="plain", submits=True, test_id="go-to-day"),
        unsent=DAY,
        class_name="chat-days",
        on_submit=history.on_day,
    )


def room_list(rooms: Rows, *, current: Text) -> rx.Component:
    """Links to all rooms with counts of unread messages, where there are several; a row has slug, title and unread."""

    def link(room: Row) -> rx.Component:
        return rx.el.li(
            rx.el.a(
                room["title"],
                rx.cond(
                    room["unread"],
                    rx.el.span(room["unread"], spoken(" unread"), class_name="room-unread"),
                ),
                href=f"/chat/{room['slug']}",
                aria_current=rx.cond(room["slug"] == current, "page", "false"),
                class_name="room-link",
                data_testid="room-link",
                data_slug=room["slug"],
                data_unread=room["unread"],
            )
        )

    links = rx.el.ul(rx.foreach(rooms, link), class_name="room-links")
    listed = rx.el.nav(links, class_name="room-list", aria_label="Rooms", data_testid="room-list")
    return rx.cond(rooms.length() > 1, listed)


def chat_panel(
    *,
    room: Text,
    rows: Rows,
    history: History,
    ready: Flag,
    missing: Flag,
    held_before: Number | int,
    on_send: Handler,
    on_retry: RowHandler,
    on_discard: RowHandler,
    error: Text,
    posting_as: Text,
    is_guest: Flag,
    archived: Flag | bool = False,
    rooms: Child = "",
    id_prefix: str = "",
) -> rx.Component:
    """`ready` turns true once the window has been read; until then nothing claims to be empty. `missing` says
    that there is no such room: `error` has the words, and nothing can be written. `held_before` counts messages
    of the visitor that wait for a moderator and are not among the rows. `history` says which part of the room the
    rows are. An `archived` room has no composer. `rooms` is the list of rooms.

    A row has key, id, rev, cid, author, tag, body, time, status and error (see `message_row`).
    `on_send` receives the form's `body`; `on_retry` and `on_discard` are called with a row's cid.
    `id_prefix` as in `field`.
    """
    open_room = rx.fragment(
        follow(
            rx.cond(history.low > 0, _edge("older", "Older messages", history.on_older)),
            rx.cond(
                rows.length() > 0,
                _rows(rows, on_retry, on_discard),
                rx.cond(
                    ready,
                    empty_state("No messages yet.", "Write the first one: every open tab gets it."),
                    loading_state("Reading the room…"),
                ),
            ),
            rx.cond(history.is_live, rx.fragment(), _edge("newer", "Newer messages", history.on_newer)),
            noun="message",
            label="Messages",
            data_testid="chat-log",
        ),
        rx.cond(
            history.is_live,
            rx.fragment(),
            button(
                "Jump to the newest", icon_name="down", on_click=history.on_newest, test_id="jump-to-newest"
            ),
        ),
        rx.cond(held_before != 0, _older_held(held_before)),
        rx.cond(
            archived,
            rx.el.p("This room is archived: it can be read, not written to.", class_name="room-archived"),
            composer(
                ready=ready,
                on_send=on_send,
                error=error,
                posting_as=posting_as,
                is_guest=is_guest,
                id_prefix=id_prefix,
            ),
        ),
    )
    name = rx.cond(missing, "none", room)
    return panel(
        rx.fragment("Room: ", rx.el.span(name, data_testid="chat-room")),
        rooms,
        rx.cond(missing, _no_room(error), open_room),
        aside=rx.cond((history.low > 0) | (history.high != END), _day_form(history)),
        data_panel="chat",
    )
