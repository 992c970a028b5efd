"""A room on a page: who is here, its messages, the way to older ones, and the composer."""

from dataclasses import dataclass
from typing import Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.app.ports.messages import END
from portfolio_app.http.chat.authors import NOTICES, notice_line, problem_line
from portfolio_app.http.chat.composer import composer
from portfolio_app.http.chat.controls import RowHandlers
from portfolio_app.http.chat.message import message_row, note, slow_mode
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.form import form
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Number, Row, Rows, Text
from portfolio_app.http.kit.layout import empty_state, loading_state, panel
from portfolio_app.http.kit.marks import HIDDEN, spoken
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.kit.scripts import follow, kept
from portfolio_app.words import parts, t

DAY: Final = Unsent(
    "day",
    t("Nothing looked up"),
    t("Going to a date needs the scripts of the page, which had not loaded yet."),
    "/chat",
    t("Open the chat"),
)


def _spoken(rows: Rows) -> rx.Component:
    """New messages for a screen reader, each once; what is there when the room opens is not among them."""
    words = rx.foreach(
        rows,
        lambda row: rx.el.p(
            rx.cond(
                row["count"].to(int) > 1,
                t("{count} new messages", count=row["count"]),
                f"{row['author']}: {row['body']}",
            ),
            key=row["id"],
        ),
    )
    return rx.el.div(
        words, class_name=HIDDEN, aria_live="polite", aria_relevant="additions", data_testid="chat-spoken"
    )


def _rows(rows: Rows, on: RowHandlers) -> rx.Component:
    return rx.foreach(rows, lambda row: message_row(row, on))


def _no_room(problem: Text) -> rx.Component:
    return empty_state(
        problem,
        t("The address may be mistyped."),
        link_button(t("Open the chat"), "/chat", kind="primary"),
        role="alert",
        data_testid="chat-error",
    )


def _older_held(number: Number | int) -> rx.Component:
    words = rx.cond(
        number == 1,
        t("One older message of yours waits for a moderator, too."),
        t("{n} older messages of yours wait for a moderator, too.", n=number),
    )
    return note(words)


@dataclass(frozen=True, slots=True)
class History:
    """The part of a room that is shown: all from place `low` on, and before `high`.

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
        rx.el.input(
            name="day", type="date", required=True, aria_label=t("Go to date"), class_name="chat-day"
        ),
        button(t("Go"), kind="plain", submits=True, test_id="go-to-day"),
        unsent=DAY,
        class_name="chat-days",
        on_submit=history.on_day,
    )


def changes_notice(
    *, problem: Text, taken_down: Text, on_restore: Handler, reported: Text = "", on_dismiss: Handler = None
) -> rx.Component:
    """Why a message was not changed, the way back from taking one down, and the answer to a report."""
    undo = button(t("Undo"), on_click=on_restore, test_id="undo")
    away = button(t("Dismiss"), kind="plain", on_click=on_dismiss)
    return kept(
        problem_line(problem, away),
        notice_line(taken_down, f"{t('The message is taken down.')} ", undo, test_id="taken-down"),
        notice_line(reported, reported, away, test_id="report-received"),
        label=NOTICES,
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
                    rx.el.span(room["unread"], spoken(f" {t('unread')}"), class_name="room-unread"),
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
    return rx.el.nav(links, class_name="room-list", aria_label=t("Rooms"), data_testid="room-list")


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
    writer: Text = "",
    at: str = "",
    noun: str = t("Room"),
    id_prefix: str = "",
) -> rx.Component:
    """`ready` turns true once the window has been read; until then nothing claims to be empty. `missing` says
    that there is no such room: `error` has the words, and nothing can be written. `held_before` counts messages
    of the visitor that wait for a moderator and are not among the rows. `history` says which part of the room the
    rows are. An `archived` room has no composer. `rooms` is the list of rooms, `search` and `here`
    stand below it, `notice` and `typing` between messages and composer.

    A row has key, id, rev, cid, author, tag, body, at, late, status, waits, error, day and date (see
    `message_row`). `on_send` receives the form's `body`. `spoken` are new messages with id, author, body and
    count. `noun` is what it is called. `sign_in`, `drafts`, `writer`, `at` and `id_prefix` as in `composer`.
    """
    empty = rx.cond(
        ready,
        rx.cond(
            archived,
            empty_state(t("No messages."), t("Nobody wrote here before the room was archived.")),
            empty_state(t("No messages yet."), t("Write the first one: every open tab gets it.")),
        ),
        loading_state(
            t("Reading the room…"),
            rx.fragment(
                *parts(
                    "JavaScript is off: this room is read and written on a {page}.",
                    page=A.create(t("page without live updates"), href=f"/plain/{drafts}"),
                )
            ),
        ),
    )
    open_room = rx.fragment(
        follow(
            rx.cond(history.low > 0, _edge("older", t("Older messages"), history.on_older)),
            rx.cond(rows.length() > 0, _rows(rows, on), empty),
            rx.cond(history.is_live, rx.fragment(), _edge("newer", t("Newer messages"), history.on_newer)),
            noun="message",
            at_end=history.read_to,
            label=t("Messages"),
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
                t("Jump to the newest"),
                icon_name="down",
                on_click=history.on_newest,
                test_id="jump-to-newest",
            ),
        ),
        rx.cond(held_before != 0, _older_held(held_before)),
        rx.cond(archived, rx.fragment(), slow_mode(on.slow_s)),
        typing,
        rx.cond(
            archived,
            rx.el.p(t("This room is archived: it can be read, not written to."), class_name="room-archived"),
            composer(
                ready=ready,
                on_send=on_send,
                error=error,
                posting_as=posting_as,
                is_guest=is_guest,
                sign_in=sign_in,
                drafts=drafts,
                writer=writer,
                at=at,
                id_prefix=id_prefix,
            ),
        ),
    )
    name = rx.cond(missing, t("none"), room)
    return panel(
        rx.fragment(f"{noun}: ", rx.el.span(name, data_testid="chat-room")),
        rooms,
        search,
        rx.cond(missing, _no_room(error), rx.fragment(here, open_room)),
        aside=rx.cond((history.low > 0) | (history.high != END), _day_form(history)),
        data_panel="chat",
    )
