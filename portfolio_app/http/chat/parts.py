"""A message, the form that posts one, and the room they stand in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import reflex as rx

from portfolio_app.app.moderation.report import REASON_LIMIT
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.messages import END
from portfolio_app.domain.chat.message import BODY_LIMIT
from portfolio_app.domain.chat.moderation import LONG_BODY
from portfolio_app.http.chat.authors import menu, notice_line, problem_line
from portfolio_app.http.chat.said import SignHandler, piece_part, quote_part, reactions_part, sign_buttons
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.form import form
from portfolio_app.http.kit.interactive import CountedTextarea, follow
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Number, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.layout import empty_state, loading_state, panel
from portfolio_app.http.kit.marks import HIDDEN, IconName, clock, icon, moment, short_id, spoken, tag
from portfolio_app.http.kit.page import Unsent

TALL_LINES: Final = 14
"""A message of more lines, or of more characters than `TALL_CHARACTERS`, is folded until its reader opens it."""
TALL_CHARACTERS: Final = 700
_PACE: Final = Rates.POST_SESSION


Names: TypeAlias = Any
"""A Var of a list of names; a type checker sees a state's var as the plain list."""


def _nobody() -> rx.Var[list[str]]:
    return rx.Var.create(list[str]())


def _no_choices(_message: Row) -> rx.Component:
    return rx.fragment()


@dataclass(frozen=True, slots=True)
class RowHandlers:
    """What the buttons of a row do: the first two are called with its cid, the others with its id.

    `report` gets the form of a row with `id` and `reason`, `save` the form of the row that is being edited, with `id`
    and `body`; `editing` is that row's id and `kept` a text for it that was refused. `moderates` says that the visitor
    may take down any message; `author` makes what they can do with the author of one. `slow_s` as of a `Room`.
    `owners` and `moderators` are the names of members that carry a mark, `me` is that of the visitor, empty for a
    guest; `copied` is the row whose address was copied last.
    """

    retry: RowHandler
    discard: RowHandler
    dismiss: RowHandler
    edit: RowHandler
    delete: RowHandler
    take_down: RowHandler
    save: Handler
    cancel: Handler
    copy: RowHandler
    reply: RowHandler
    go: RowHandler
    react: SignHandler
    report: Handler = None
    editing: Text = ""
    kept: Text = ""
    copied: Text = ""
    me: Text = ""
    moderates: Flag | bool = False
    slow_s: Number | int = 0
    owners: Names = field(default_factory=_nobody)
    moderators: Names = field(default_factory=_nobody)
    author: Callable[[Row], rx.Component] = _no_choices
    trace: RowHandler | None = None
    """Opens the waterfall of the request that a row was posted in."""


EDIT: Final = Unsent(
    "edit",
    "Not changed",
    "The scripts of the page had not loaded yet, so your message stays as it was.",
    "/chat",
    "Open the chat",
    kept="body",
)


REPORT: Final = Unsent(
    "report",
    "Not reported",
    "The scripts of the page had not loaded yet, so nobody was told of the message.",
    "/chat",
    "Open the chat",
    kept="reason",
)


def _menu(message: Row, on: RowHandlers) -> rx.Component:
    """What can be done with a message that everybody sees."""
    own = rx.fragment(
        button("Edit", kind="plain", on_click=on.edit(message["id"]), test_id="message-edit"),
        button("Delete", kind="plain", on_click=on.delete(message["id"]), test_id="message-delete"),
    )
    down = button("Take down", kind="plain", on_click=on.take_down(message["id"]), test_id="message-takedown")
    reply = button("Reply", kind="plain", on_click=on.reply(message["id"]), test_id="message-reply")
    copied = rx.cond(on.copied == message["id"], "Copied", "Copy link")
    copy = button(copied, kind="plain", on_click=on.copy(message["id"]), test_id="message-link")
    others = rx.cond(on.moderates, rx.fragment(down, on.author(message)), _report(message, on))
    dots = rx.el.summary("⋯", aria_label="What can be done with this message")
    choices = rx.fragment(
        sign_buttons(message, on.react),
        reply,
        copy,
        rx.cond(message["mine"], rx.fragment(own, rx.cond(on.moderates, down)), others),
    )
    opened = menu(dots, choices, name="message-menu", test_id="message-menu")
    is_there = (message["status"] == "visible") & (message["id"] != "") & (message["id"] != on.editing)
    return rx.cond(is_there, opened)


def _report(message: Row, on: RowHandlers) -> rx.Component:
    """Tells the moderators of somebody else's message; why is left to the reporter."""
    return form(
        rx.el.input(type="hidden", name="id", value=message["id"].to(str), read_only=True),
        rx.el.input(
            name="reason",
            placeholder="Why? (optional)",
            aria_label="Why you report this message, optional",
            max_length=REASON_LIMIT,
            auto_complete="off",
            class_name="report-reason",
        ),
        button("Report", kind="plain", submits=True, test_id="message-report"),
        unsent=REPORT,
        on_submit=on.report,
        class_name="report",
    )


def _editor(message: Row, on: RowHandlers) -> rx.Component:
    """The message's text in a form, in the place of the text."""
    return form(
        rx.el.input(type="hidden", name="id", value=message["id"].to(str), read_only=True),
        rx.el.textarea(
            name="body",
            default_value=rx.cond(on.kept, on.kept, message["body"].to(str)),
            rows=3,
            dir="auto",
            auto_focus=True,
            aria_label="The message's new text",
            class_name="message-text",
            data_testid="edit-input",
        ),
        rx.el.div(
            button("Save", kind="primary", submits=True, test_id="edit-save"),
            button("Cancel", kind="plain", on_click=on.cancel),
            class_name="message-buttons",
        ),
        unsent=EDIT,
        on_submit=on.save,
        class_name="message-editor",
    )


def _badge(member: Text, on: RowHandlers) -> rx.Component:
    """That a member is the owner or a moderator; guests, whose rows have a tag, have no name of their own."""
    moderator = rx.cond(on.moderators.contains(member), tag("moderator"))
    return rx.cond(on.owners.contains(member), tag("owner"), moderator)


def _request(message: Row, on: RowHandlers) -> rx.Component:
    """The request that stored it, which only the tab that sent it knows."""
    return rx.el.button(
        spoken("Waterfall of request "),
        short_id(message["request"]),
        type="button",
        class_name="message-request",
        on_click=on.trace(message["request"]) if on.trace else None,
        data_testid="message-trace",
    )


def _meta(message: Row, on: RowHandlers) -> rx.Component:
    return rx.el.header(
        rx.el.b(message["author"], class_name="message-author", data_testid="chat-author"),
        rx.cond(message["tag"], tag(message["tag"]), _badge(message["author"], on)),
        rx.cond(message["request"], _request(message, on)) if on.trace else rx.fragment(),
        rx.el.span(
            rx.match(
                message["status"],
                ("sending", rx.fragment(rx.cond(message["waits"], "not sent yet", "sending"))),
                ("failed", rx.fragment("not sent")),
                clock(message["at"]),
            ),
            rx.cond(message["edited"], rx.fragment(" · edited")),
            class_name="message-when",
        ),
        _menu(message, on),
        class_name="message-meta",
    )


def _note(*words: Child, mark: IconName = "clock") -> rx.Component:
    """A line about how a message stands."""
    return rx.el.p(icon(mark), *words, class_name="message-note")


def _standing(words: rx.Component, *buttons: rx.Component) -> rx.Component:
    """How a message stands, and what its author can do about it."""
    actions = rx.el.div(*buttons, class_name="message-actions")
    return rx.el.div(words, actions, class_name="message-standing")


def _given_up(message: Row, on: RowHandlers) -> tuple[rx.Component, ...]:
    """What can be done with a message that does not go out."""
    plainly = rx.cond(scripts.obstacle("reason") == "websocket", _without_connection(message))
    return button("Discard", kind="plain", on_click=on.discard(message["cid"])), plainly


def _failure(message: Row, on: RowHandlers) -> rx.Component:
    retry = button("Retry", icon_name="retry", on_click=on.retry(message["cid"]))
    words = rx.el.p(icon("alert"), message["error"], class_name="message-error")
    return _standing(words, retry, *_given_up(message, on))


def _seconds(number: Number | int) -> Text:
    return rx.cond(number == 1, "second", f"{number} seconds")


def _slow_mode(number: Number | int) -> rx.Component:
    """That a room is in slow mode."""
    return rx.cond(number, _note(f"Slow mode: one message every {_seconds(number)}."))


def _queued(message: Row, on: RowHandlers) -> rx.Component:
    """Why a message has not gone out yet; nothing while it is under way."""
    pace = f"Goes out in its turn: {_PACE.times} messages in {_PACE.seconds} seconds."
    why = rx.match(
        message["waits"],
        ("turn", rx.cond(on.slow_s, f"Goes out in its turn: one message every {_seconds(on.slow_s)}.", pace)),
        "Goes out when the connection is back.",
    )
    return rx.cond(message["waits"], _standing(_note(why), *_given_up(message, on)))


def _removed(message: Row, on: RowHandlers) -> rx.Component:
    words = _note("A moderator removed this message of yours. Nobody else sees it.", mark="trash")
    return _standing(words, button("Dismiss", kind="plain", on_click=on.dismiss(message["id"])))


def _without_connection(message: Row) -> rx.Component:
    """Posts the message by plain HTTP, under its own id: if it was posted after all, nothing happens twice."""
    path = rx.Var('(globalThis.location?.pathname ?? "/")').to(str)
    fields = {"body": message["body"], "client_id": message["cid"], "at": path, "reply_to": message["reply"]}
    return form(
        *(rx.el.input(type="hidden", name=name, value=value.to(str)) for name, value in fields.items()),
        button("Post without live connection", kind="primary", submits=True, test_id="post-plainly"),
        unsent=MESSAGE,
    )


def _body(message: Row, me: Text) -> rx.Component:
    body = message["body"].to(str)
    pieces = message["pieces"].to(list[dict[str, Any]])
    words = rx.cond(message["pieces"], rx.foreach(pieces, lambda piece: piece_part(piece, me)), body)
    tall = (body.split("\n").length() > TALL_LINES) | (body.length() > TALL_CHARACTERS)
    # The element after the text opens it, by a rule of the stylesheet: no state has to remember what is open.
    more = rx.el.details(rx.el.summary("Show all"), class_name="message-more", data_testid="chat-more")
    return rx.fragment(
        rx.el.p(words, dir="auto", class_name="message-body", data_testid="chat-body"), rx.cond(tall, more)
    )


def _day(message: Row) -> rx.Component:
    words = rx.el.time(message["day"], date_time=message["date"].to(str))
    return rx.el.div(words, class_name="message-day", data_testid="day")


def _new_from(message: Row) -> rx.Component:
    """The line above the first message that came while nobody looked."""
    line = rx.el.div("New", class_name="message-new", data_testid="unread-line")
    return rx.cond(message["fresh"], line)


def _stub(message: Row) -> rx.Component:
    return rx.fragment(
        rx.cond(message["day"], _day(message)),
        _new_from(message),
        _note("A message that was answered is deleted.", mark="trash"),
    )


def message_row(message: Row, on: RowHandlers) -> rx.Component:
    """`status` is visible, pending, removed, sending or failed; `error` is shown with failed only.

    `late` is when a message that had waited was approved, else 0; `waits` is what one that is not sent yet waits
    for: its `turn`, or the `connection`. The first message of a `day` stands below a line that says so. `edited`
    says that its author wrote it anew, `mine` that this visitor did, `fresh` that it is the first that is unread.
    `reply` is the message it answers, with `quoteBy` and `quoteWords`, or `quoteGone`; `reactions` are signs with
    counts, `own` the visitor's. A `stub` is
    all that is left of one that was answered. `key` stays the same while a message is
    confirmed, so that it keeps its element.
    """
    whole = rx.fragment(
        rx.cond(message["day"], _day(message)),
        _new_from(message),
        _meta(message, on),
        quote_part(message, on.go),
        rx.cond(
            (message["id"] != "") & (message["id"] == on.editing), _editor(message, on), _body(message, on.me)
        ),
        rx.match(
            message["status"],
            ("pending", _note("Waiting for a moderator. Only you see this.")),
            ("removed", _removed(message, on)),
            ("sending", _queued(message, on)),
            ("failed", _failure(message, on)),
            rx.cond(
                message["late"], _note("Approved by a moderator ", moment(message["late"]), mark="check")
            ),
        ),
        reactions_part(message, on.react),
    )
    return rx.el.article(
        rx.cond(message["stub"], _stub(message), whole),
        key=message["key"],
        class_name="message",
        data_testid=rx.cond(
            message["stub"],
            "chat-stub",
            rx.cond(message["status"] == "removed", "chat-removed", "chat-message"),
        ),
        data_message_id=message["id"],
        data_rev=message["rev"],
        data_wanted=message["wanted"],
        data_status=message["status"],
        data_request_id=message["request"],
    )


def _spoken(rows: Rows) -> rx.Component:
    """New messages for a screen reader, each once; what is there when the room opens is not among them."""
    words = rx.foreach(
        rows,
        lambda row: rx.el.p(
            rx.cond(
                row["count"].to(int) > 1, f"{row['count']} new messages", f"{row['author']}: {row['body']}"
            ),
            key=row["id"],
        ),
    )
    return rx.el.div(
        words, class_name=HIDDEN, aria_live="polite", aria_relevant="additions", data_testid="chat-spoken"
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


def _identity(posting_as: Text, is_guest: Flag, sign_in: Text) -> rx.Component:
    return rx.fragment(
        "Posting as ",
        rx.el.b(posting_as),
        rx.cond(
            is_guest,
            rx.fragment(". ", rx.el.a("Sign in", href=sign_in), " to send as yourself."),
            ".",
        ),
    )


def _refusal(error: Text, test_id: str) -> rx.Component:
    return rx.el.p(error, class_name="composer-error", role="alert", data_testid=test_id)


def composer(
    *,
    ready: Flag,
    on_send: Handler,
    error: Text,
    posting_as: Text,
    is_guest: Flag,
    sign_in: Text = "/sign-in",
    drafts: str = "",
    at: str = "",
    id_prefix: str = "",
) -> rx.Component:
    """A form whose only field is `body`; it empties itself on sending.

    Until `ready` nobody knows who posts, so it doesn't say. `sign_in` is where a guest signs in. With `drafts`,
    the room that an address without one means, what is typed is kept for each room. `at` is the page that a form sent
    without scripts comes from, where that is not one of the lobby. `id_prefix` as in `field`.
    """
    input_id, keys_id = f"{id_prefix}{_INPUT}", f"{id_prefix}{_KEYS}"
    return form(
        *([rx.el.input(type="hidden", name="at", value=at, read_only=True)] if at else []),
        rx.el.label("Message", html_for=input_id, class_name=HIDDEN),
        rx.el.div(
            CountedTextarea.create(
                limit=BODY_LIMIT,
                held_over=LONG_BODY,
                field_id=input_id,
                spoken_class=HIDDEN,
                room=drafts,
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
        _refusal(error, "chat-error"),
        rx.el.div(
            rx.el.p(rx.cond(ready, _identity(posting_as, is_guest, sign_in)), class_name="composer-identity"),
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


def line_composer(*, suggested: str, on_send: Handler, error: Text, posting_as: Text) -> rx.Component:
    """One line that posts to the room of the page, with a text to begin with; it comes back after sending."""
    return form(
        rx.el.label(
            "Post as ",
            rx.el.b(posting_as),
            " and watch its way",
            html_for="first-input",
            class_name="line-label",
        ),
        rx.el.div(
            rx.el.input(
                id="first-input",
                name="body",
                default_value=suggested,
                max_length=BODY_LIMIT,
                auto_complete="off",
                dir="auto",
                class_name="line-input",
                data_testid="first-input",
            ),
            button("Send", kind="primary", submits=True, icon_name="send", test_id="first-send"),
            class_name="line-field",
        ),
        _refusal(error, "first-error"),
        unsent=MESSAGE,
        class_name="line-composer",
        on_submit=on_send,
        reset_on_submit=True,
    )


def _rows(rows: Rows, on: RowHandlers) -> rx.Component:
    return rx.foreach(rows, lambda row: message_row(row, on))


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
    return _note(words, " for a moderator, too.")


@dataclass(frozen=True, slots=True)
class History:
    """What a room shows of itself: all from place `low` on, and before `high`.

    `on_older` and `on_newer` read the next page in their direction, `on_newest` goes to the end, `on_day` is called
    with the form whose `day` is a date, `read_to` with whether the end of what is shown is in view.
    """

    low: Number | int
    high: Number | int
    on_older: Handler
    on_newer: Handler
    on_newest: Handler
    on_day: Handler
    read_to: Handler = None

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


def changes_notice(
    *, problem: Text, taken_down: Text, on_restore: Handler, reported: Text = "", on_dismiss: Handler = None
) -> rx.Component:
    """Why a message was not changed, the way back from taking one down, and the answer to a report."""
    undo = button("Undo", on_click=on_restore, test_id="undo")
    away = button("Dismiss", kind="plain", on_click=on_dismiss)
    return rx.fragment(
        problem_line(problem),
        notice_line(taken_down, "The message is taken down. ", undo, test_id="taken-down"),
        notice_line(reported, reported, away, test_id="report-received"),
    )


def room_list(rooms: Rows, *, current: Text) -> rx.Component:
    """Links to all rooms with counts of unread messages; a row has slug, title and unread.

    It has its place before the rooms have been read: what is below must not move.
    """

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
    return rx.el.nav(links, class_name="room-list", aria_label="Rooms", data_testid="room-list")


def chat_panel(
    *,
    room: Text,
    rows: Rows,
    history: History,
    ready: Flag,
    missing: Flag,
    held_before: Number | int,
    on_send: Handler,
    on: RowHandlers,
    error: Text,
    posting_as: Text,
    is_guest: Flag,
    archived: Flag | bool = False,
    rooms: Child = "",
    search: Child = "",
    here: Child = "",
    typing: Child = "",
    notice: Child = "",
    spoken: Rows = None,
    sign_in: Text = "/sign-in",
    drafts: str = "",
    at: str = "",
    noun: str = "Room",
    id_prefix: str = "",
) -> rx.Component:
    """`ready` turns true once the window has been read; until then nothing claims to be empty. `missing` says
    that there is no such room: `error` has the words, and nothing can be written. `held_before` counts messages
    of the visitor that wait for a moderator and are not among the rows. `history` says which part of the room the
    rows are. An `archived` room has no composer. `rooms` is the list of rooms, `search` and `here`
    stand below it, `notice` and `typing` between messages and composer.

    A row has key, id, rev, cid, author, tag, body, at, late, status, waits, error, day and date (see
    `message_row`). `on_send` receives the form's `body`. `spoken` are new messages with id, author, body and
    count. `noun` is what it is called. `sign_in`, `drafts`, `at` and `id_prefix` as in `composer`.
    """
    empty = rx.cond(
        ready,
        empty_state("No messages yet.", "Write the first one: every open tab gets it."),
        loading_state("Reading the room…"),
    )
    open_room = rx.fragment(
        follow(
            rx.cond(history.low > 0, _edge("older", "Older messages", history.on_older)),
            rx.cond(rows.length() > 0, _rows(rows, on), empty),
            rx.cond(history.is_live, rx.fragment(), _edge("newer", "Newer messages", history.on_newer)),
            noun="message",
            at_end=history.read_to,
            label="Messages",
            # Its rows come in by the dozen when it opens, and change: what is new is said beside it.
            aria_live="off",
            custom_attrs={"onKeyDown": scripts.rove()},
            data_testid="chat-log",
        ),
        rx.fragment() if spoken is None else _spoken(spoken),
        notice,
        rx.cond(
            history.is_live,
            rx.fragment(),
            button(
                "Jump to the newest", icon_name="down", on_click=history.on_newest, test_id="jump-to-newest"
            ),
        ),
        rx.cond(held_before != 0, _older_held(held_before)),
        _slow_mode(on.slow_s),
        typing,
        rx.cond(
            archived,
            rx.el.p("This room is archived: it can be read, not written to.", class_name="room-archived"),
            composer(
                ready=ready,
                on_send=on_send,
                error=error,
                posting_as=posting_as,
                is_guest=is_guest,
                sign_in=sign_in,
                drafts=drafts,
                at=at,
                id_prefix=id_prefix,
            ),
        ),
    )
    name = rx.cond(missing, "none", room)
    return panel(
        rx.fragment(f"{noun}: ", rx.el.span(name, data_testid="chat-room")),
        rooms,
        search,
        here,
        rx.cond(missing, _no_room(error), open_room),
        aside=rx.cond((history.low > 0) | (history.high != END), _day_form(history)),
        data_panel="chat",
    )
