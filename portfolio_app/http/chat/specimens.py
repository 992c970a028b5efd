"""Specimens of the room."""

from typing import Any

import reflex as rx

from portfolio_app.app.ports.messages import END
from portfolio_app.http.chat.authors import author_choices, authors_notice, menu, notice_line, problem_line
from portfolio_app.http.chat.composer import composer, line_composer
from portfolio_app.http.chat.controls import RowHandlers, message_editor, message_menu, report_form
from portfolio_app.http.chat.message import message_row, note, slow_mode
from portfolio_app.http.chat.own import own_panel
from portfolio_app.http.chat.panel import History, changes_notice, chat_panel, room_list
from portfolio_app.http.chat.presence import here_line, typing_line
from portfolio_app.http.chat.said import answering, piece_part, quote_part, reactions_part, sign_buttons
from portfolio_app.http.chat.search import Found, HitView, search_panel
from portfolio_app.http.chat.views import RoomView
from portfolio_app.http.kit.specimen import Group, Specimen, given, listed, nothing, specimen, var

_BODY = "Does a message survive a killed worker?"
_AT = 1_767_268_804_000
_ON = RowHandlers(
    *(nothing,) * 12, owners=rx.Var.create(["olga"]), moderators=rx.Var.create(["lin"]), me="ada"
)


def _group() -> Group:
    """A message in each of its states, the composer, the whole panel."""
    return Group(
        "Chat",
        "A message is shown once, in order, and says how it stands: `data-status` carries the word.",
        (*_messages(), *_composers(), *_rooms()),
    )


def _message(
    status: str,
    body: str = _BODY,
    *,
    author: str = "ada",
    tag: str = "",
    error: str = "",
    waits: str = "",
    late: int = 0,
    day: str = "",
) -> dict[str, Any]:
    key = f"{status}{waits}-{author}-{len(body)}"
    return {
        "key": key, "id": "" if status in ("sending", "failed") else key, "rev": 7, "cid": key, "author": author,
        "tag": tag, "body": body, "at": _AT, "late": late, "status": status, "waits": waits, "error": error,
        "request": "", "day": day, "date": "2026-01-01",
    }  # fmt: skip


_SHOWN_IN_ROW = "part of a message's row, shown in it"
EXEMPT = dict.fromkeys(
    (
        message_editor,
        message_menu,
        note,
        piece_part,
        quote_part,
        reactions_part,
        report_form,
        sign_buttons,
        slow_mode,
    ),
    _SHOWN_IN_ROW,
)
_PIECES = [
    {"k": "link", "t": "example.org/notes", "h": "https://example.org/notes"},
    {"k": "text", "t": " says to run ", "h": ""},
    {"k": "code", "t": "make run", "h": ""},
    {"k": "text", "t": ", or:", "h": ""},
    {"k": "block", "t": "make dev\nmake test", "h": ""},
    {"k": "text", "t": "and then", "h": ""},
    {
        "k": "block",
        "t": "",
        "h": "",
        "c": [("k", "def "), ("nf", "f"), ("", "():\n    "), ("k", "return "), ("s", "1")],
    },
]
_MENTIONS = [
    {"k": "mention", "t": "@Ada", "h": "ada"},
    {"k": "text", "t": ", did you and ", "h": ""},
    {"k": "mention", "t": "@lin", "h": "lin"},
    {"k": "text", "t": " see it?", "h": ""},
]
_ANSWER = {"reply": "m1", "quoteBy": "lin", "quoteWords": "Does it keep the order?", "quoteGone": False}
_FAILED = _message("failed", error="You are offline. It goes out only if you send it again.")


def _messages() -> tuple[Specimen, ...]:
    rows = {
        "visible, of a member": _message("visible"),
        "visible, of the owner": _message("visible", author="olga"),
        "visible, of a moderator": _message("visible", author="lin"),
        "visible, of a guest": _message("visible", author="demo", tag="k7f2"),
        "visible, long": _message("visible", "averylongwordwithoutanyspaces" * 6 + "\nand a second line"),
        "visible, approved late": _message("visible", late=_AT + 7_200_000),
        "sending": _message("sending"),
        "waiting its turn": _message("sending", waits="turn"),
        "waiting for the connection": _message("sending", waits="connection"),
        "with a link and code": _message("visible", author="eve") | {"pieces": _PIECES},
        "with mentions, one of them the reader's": _message("visible", author="lou") | {"pieces": _MENTIONS},
        "with a mention of somebody else": _message("visible", author="max") | {"pieces": _MENTIONS[1:]},
        "an answer, with reactions": _message("visible", author="kim")
        | _ANSWER
        | {"reactions": [["like", 3], ["party", 1]], "own": "party"},
        "an answer to one that is deleted": _message("visible", author="bo") | _ANSWER | {"quoteGone": True},
        "deleted, and answered": _message("deleted") | {"stub": True},
        "removed": _message("removed"),
        "pending": _message("pending", "see https://example.org/notes"),
        "failed": _FAILED,
    }
    return tuple(specimen(state, message_row, given(row), _ON) for state, row in rows.items())


def _composers() -> tuple[Specimen, ...]:
    def written(state: str, **given_here: Any) -> Specimen:  # noqa: ANN401 (parts of the signature)
        usual: dict[str, Any] = {"ready": True, "error": "", "posting_as": "ada", "is_guest": False}
        return specimen(
            state, composer, on_send=nothing, id_prefix=f"{state.replace(' ', '-')}-", **(usual | given_here)
        )

    return (
        written("member"),
        written("guest", posting_as="demo · k7f2", is_guest=True),
        written("not ready", ready=False),
        written("refused", error="Write something first."),
    )


def _authors() -> tuple[Specimen, ...]:
    def notice(state: str, **given_here: str) -> Specimen:
        usual: dict[str, Any] = {"notice": "", "handle": "", "problem": ""}
        return specimen(state, authors_notice, on_lift=nothing, on_dismiss=nothing, **(usual | given_here))

    return (
        notice("an author banned", notice="bob is banned, 12 messages are hidden.", handle="b" * 16),
        notice("a moderator not muted", problem="A moderator can't be muted."),
        specimen("why something was not done", problem_line, "A moderator can't be muted."),
        specimen("something was done", notice_line, "yes", "The message is taken down.", test_id="done"),
        specimen(
            "menu",
            menu,
            rx.el.summary("Author…"),
            author_choices("1", nothing, nothing),
            name="m",
            test_id="m",
        ),
        specimen("what a moderator can do with an author", author_choices, "1", nothing, nothing),
    )


_LATE = "A message can be changed for 15 minutes after it was posted."
_ROOMS = (RoomView("lobby", "Lobby", ""), RoomView("deploys", "Deploys", "12"))

_HITS = (
    HitView("m2", 2, "demo", "k7f2", _AT, "By room revision, without gaps, in the order of their commit."),
    HitView("m1", 1, "lin", "", _AT, "Does it keep the order?"),
)


def _rooms() -> tuple[Specimen, ...]:
    full = [
        _message("visible", "Does it keep the order?", author="lin", day="Thursday, 1 January 2026"),
        _message("visible", "By room revision, without gaps.", author="demo", tag="k7f2"),
        _message("pending", "see https://example.org/notes"),
        _FAILED,
        _message("sending", "One more."),
    ]

    def room(
        state: str,
        *rows: dict[str, Any],
        ready: bool = True,
        missing: bool = False,
        held_before: int = 0,
        low: int = 0,
        high: int = END,
        archived: bool = False,
        rooms: bool = False,
        error: str = "",
    ) -> Specimen:
        return specimen(
            state,
            chat_panel,
            room="Lobby",
            rows=listed(rows),
            history=History(
                var(low), var(high), on_older=nothing, on_newer=nothing, on_newest=nothing, on_day=nothing
            ),
            ready=ready,
            missing=missing,
            held_before=held_before,
            on_send=nothing,
            on=_ON,
            error=error,
            posting_as="ada",
            is_guest=False,
            archived=archived,
            rooms=room_list(listed(_ROOMS), current="lobby") if rooms else "",
            id_prefix=f"room-{state.replace(' ', '-')}-",
        )

    def searched(
        state: str, query: str = "", *hits: HitView, more: bool = False, problem: str = ""
    ) -> Specimen:
        handlers, field = (nothing, nothing, nothing, nothing), f"query-{state.replace(' ', '-')}"
        found = Found(var(query), listed(hits), var(more), var(problem), *handlers, field=field)
        return specimen(state, search_panel, found)

    def own(
        state: str, *, asks: bool = False, erased: int = 0, done: bool = False, problem: str = ""
    ) -> Specimen:
        shown = var(asks), var(erased), var(done), var(problem)
        return specimen(state, own_panel, *shown, on_ask=nothing, on_keep=nothing, on_erase=nothing)

    return (
        own("idle"),
        own("asks", asks=True),
        own("erasing", erased=150),
        own("erased", erased=3, done=True),
        own("nothing to erase", done=True),
        own("refused", problem="Too fast. Try again in 40 seconds."),
        searched("nothing looked for yet"),
        searched("found", "order", *_HITS, more=True),
        searched("nothing found", "zebra"),
        searched("not looked for", problem="Write a word to look for: letters, digits or emoji."),
        specimen(
            "a change refused, one taken down",
            changes_notice,
            problem=_LATE,
            taken_down="m1",
            on_restore=nothing,
        ),
        specimen(
            "one line", line_composer, suggested="Hello.", on_send=nothing, error="", posting_as="demo · 1a2b"
        ),
        specimen(
            "a report received",
            changes_notice,
            problem="",
            taken_down="",
            on_restore=nothing,
            reported="Thank you: your report was received. A moderator will look at the message.",
            on_dismiss=nothing,
        ),
        *_authors(),
        specimen(
            "being written",
            answering,
            to="m1",
            by="lin",
            words="Does it keep the order?",
            gone=False,
            on_cancel=nothing,
        ),
        specimen("a crowd", here_line, "Ada, Ben, Cy, Di, Eve, 14 others and 3 guests"),
        specimen("nobody known yet", here_line, var("")),
        specimen("two others", typing_line, rx.Var.create(["ada", "demo 1a2b", "lin"]), me="ada"),
        specimen("nobody else", typing_line, rx.Var.create(["ada"]), me="ada"),
        specimen("several rooms", room_list, listed(_ROOMS), current="lobby"),
        room("busy", ready=False),
        room("empty"),
        room("full", *full),
        room("many held", *full[2:3], held_before=4),
        room("part of a long one", *full[:2], low=61, high=63),
        room("archived, one of several", *full[:3], archived=True, rooms=True),
        room("no such room", missing=True, error="There is no such room."),
    )


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_group(),)
