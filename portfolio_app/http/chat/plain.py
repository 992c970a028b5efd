"""A room as plain HTTP: read and written without scripts and without a websocket."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.read_room import RoomWindow
from portfolio_app.app.ports.messages import END
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room
from portfolio_app.http.account import IdentityState
from portfolio_app.http.chat.composer import MESSAGE
from portfolio_app.http.chat.feed import RoomFeed, entered
from portfolio_app.http.chat.message import TALL_CHARACTERS, TALL_LINES
from portfolio_app.http.chat.said import LINK_REL, SIGNS
from portfolio_app.http.chat.state import DEFAULT_ROOM, ChatState, PostDTO, message_of, post, room_of
from portfolio_app.http.chat.views import (
    MessageView,
    message_view,
    no_quote,
    quote_view,
    room_view,
    window_view,
)
from portfolio_app.http.content.loader import discussed
from portfolio_app.http.kit.head import plain_page
from portfolio_app.http.log import PageStream
from portfolio_app.http.transport.caller import caller_from_scope
from portfolio_app.http.transport.errors import explain
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.http.transport.tracing import belongs_to, request_span
from portfolio_app.words import day, said, t

PATH: Final = "/plain/{room}"
_SAME_MESSAGE_S: Final = 60


async def post_form(caller: Caller, fields: Mapping[str, str]) -> str:
    """Post the form's `body` to the room of its `at`, a path of this site; returns the page that shows it."""
    room = room_of(fields.get("at", ""))
    body = fields.get("body", "").replace("\r\n", "\n")
    client_id = fields.get("client_id") or _client_id(caller.session_id, room, body)
    belongs_to(caller.session_id, "POST", MESSAGE.path)
    with request_span("chat.send", caller.session_id, live=True):
        await post(
            caller,
            room,
            parse(PostDTO, {"client_id": client_id, "body": body, "reply_to": fields.get("reply_to", "")}),
        )
    return PATH.format(room=room)


def _client_id(session_id: str, room: str, body: str) -> str:
    """The id of a message whose form could not bring one: the same text within a minute is the same message.

    A built page can't hold an id of its own, and a second click on its button must not post twice.
    """
    told = f"{session_id}\0{room}\0{time.time() // _SAME_MESSAGE_S}\0{body}"
    return hashlib.sha256(told.encode()).hexdigest()[:24]


async def room(request: Request) -> Response:
    """The newest messages of a room, or those around one of them, and a form that posts one more."""
    caller, named = caller_from_scope(request.scope), request.path_params
    try:
        with request_span("chat.enter", caller.session_id, live=False):
            window = await services().open_room(caller, named["room"], named.get("message", ""))
            quotes = await _quotes(window)
    except Exception as error:  # the boundary: nothing may reach the framework
        view = explain(error, caller.request_id)
        way_on = f'<p><a href="{PATH.format(room=DEFAULT_ROOM)}">{_html("Open the lobby")}</a></p>'
        return plain_page(view.status, t("No room to show"), f"<p>{escape(view.text)}</p>{way_on}")
    return plain_page(200, window.room.title, _room(window, quotes, caller.request_id), posts=True)


async def bring_room(caller: Caller, path: str, stream: PageStream) -> None:
    """Bring a page without a websocket its room: who reads it, its window, then every change."""
    if path != "/" and not path.startswith("/chat") and path.rstrip("/") not in discussed():
        return
    slug = await services().find_room.slug(room_of(path))

    async def join(*topics: str) -> None:
        stream.join(*topics)

    with request_span("chat.enter", caller.session_id, live=False):
        opened, listed = await entered(caller, slug, message_of(path), join)
        found = await services().identify(caller)
        quotes = await _quotes(opened)
    packet = part(Push).packet
    name = str(found.user.username) if found.user else ""
    stream.bring(packet(IdentityState, username=name, tag=found.tag, signed_in=bool(found.user)))
    rooms = [asdict(room_view(each)) for each in listed]
    shown = {"title": opened.room.title, "archived": opened.room.archived, "slow_s": opened.room.slow_s}
    window = asdict(window_view(opened))
    stream.bring(
        packet(ChatState, room=slug, rooms=rooms, window=window, held_before=opened.held_before, **shown)
    )
    stream.bring(packet(RoomFeed, quotes=[asdict(quote_view(each)) for each in quotes.values()]))


async def _quotes(window: RoomWindow) -> dict[str, Message]:
    """The messages that those of the window answer, by id."""
    answered = [each.reply_to for each in window.messages if each.reply_to]
    return {each.id: each for each in await services().read_quotes(str(window.room.slug), answered)}


def _room(window: RoomWindow, quotes: Mapping[str, Message], client_id: str) -> str:
    slug, shown = str(window.room.slug), window.messages
    marks = {str(user.username): str(user.role) for user in window.staff}
    rows = "".join(_message(each, quotes, marks) for each in (*shown, *window.held))
    listed = f"<ol>{rows}</ol>" if rows else f"<p>{_html('No messages yet.')}</p>"
    older = _beyond(slug, shown[0].id, _html("Older messages")) if window.low and shown else ""
    newer = _beyond(slug, shown[-1].id, _html("Newer messages")) if window.high != END and shown else ""
    live = "/chat" if slug == DEFAULT_ROOM else f"/chat/{slug}"
    return (
        f"<p>{_html('This page needs no scripts and no live connection: load it again to see what is new.')} "
        f'{_html("Times are UTC.")} <a href="{PATH.format(room=slug)}">{_html("Load it again")}</a>, '
        f'<a href="{live}">{_html("open the live room")}</a> {_html("or")} '
        f'<a href="/">{_html("go to the start page")}</a>.</p>{older}{listed}{newer}'
        f"{_archived() if window.room.archived else _form(window.room, live, client_id)}"
    )


def _beyond(slug: str, message_id: str, words: str) -> str:
    """The way to what is beyond an edge of the window: to the part of the room around the last message at it."""
    return f'<p><a href="{PATH.format(room=slug)}/{message_id}#{message_id}">{words}</a></p>'


def _archived() -> str:
    return f"<p>{_html('This room is archived: it can be read, not written to.')}</p>"


def _form(room: Room, live: str, client_id: str) -> str:
    every = t("second") if room.slow_s == 1 else t("{n} seconds", n=room.slow_s)
    slow = escape(t("Slow mode: one message every {time}.", time=every)) if room.slow_s else ""
    # No `maxlength`, by which a browser cuts a text without a word: what is too long is answered, and kept.
    return (
        f"<p>{slow}</p>" * bool(slow) + f'<form method="post" action="{MESSAGE.path}">'
        f'<input type="hidden" name="at" value="{live}">'
        f'<input type="hidden" name="client_id" value="{client_id[:24]}">'
        f'<label for="body">{_html("Message")}</label>'
        f'<textarea id="body" name="body" rows="3" dir="auto" required></textarea>'
        f"<button>{_html('Post')}</button></form>"
    )


def _html(english: str) -> str:
    return escape(t(english), quote=False)


def _body(row: MessageView) -> str:
    return "".join(map(_piece, row.pieces)) or escape(row.body)


def _piece(piece: Mapping[str, Any]) -> str:
    text = escape(piece["t"] or "".join(text for _, text in piece.get("c", ())))
    match piece["k"]:
        case "link":
            return f'<a href="{escape(piece["h"])}" target="_blank" rel="{LINK_REL}" dir="ltr">{text}</a>'
        case "mention":
            return f'<b dir="ltr" translate="no">{text}</b>'
        case "code":
            return f"<code>{text}</code>"
        case "block":
            return f'<code dir="ltr" class="block">{text}</code>'
        case _:
            return text


def _quote(row: MessageView, slug: str, quotes: Mapping[str, Message]) -> str:
    if not row.reply:
        return ""
    quote = quote_view(quotes[row.reply]) if row.reply in quotes else no_quote(row.reply)
    if not quote.body:
        return f"<p><small>{_html('Answers a message that is deleted.')}</small></p>"
    there = f"{PATH.format(room=slug)}/{quote.id}#{quote.id}"
    words = f"{' '.join(filter(None, (quote.author, quote.tag)))}: {' '.join(quote.body.split())}"
    return f'<p><small>{_html("Answers")} <a href="{there}" dir="auto">{escape(words)}</a></small></p>'


def _counts(row: MessageView) -> str:
    counts = (f"{SIGNS[Sign(sign)]} {count}" for sign, count in row.reactions)
    return f"<p><small>{' · '.join(counts)}</small></p>" if row.reactions else ""


def _message(message: Message, quotes: Mapping[str, Message], marks: Mapping[str, str]) -> str:
    row = message_view(message)
    if row.stub:
        return (
            f'<li id="{row.id}"><p><small>{_html("A message that was answered is deleted.")}</small></p></li>'
        )
    when = datetime.fromtimestamp(row.at / 1000, UTC)
    author = " ".join(filter(None, (escape(row.author), escape(row.tag))))
    mark = "" if row.tag or row.author not in marks else f" <small>{escape(said(marks[row.author]))}</small>"
    edited = f" · {_html('edited')}" * row.edited
    note = f"<p><small>{_html('Waiting for a moderator. Only you see this.')}</small></p>" * (
        row.status == "pending"
    )
    # A taller message scrolls, by the page's style: with a key, too.
    is_tall = row.body.count("\n") >= TALL_LINES or len(row.body) > TALL_CHARACTERS
    reached = ' tabindex="0"' * is_tall
    text = f'<p dir="auto" class="text"{reached}>{_body(row)}</p>'
    return (
        f'<li id="{row.id}"><p><b translate="no">{author}</b>{mark} '
        f'<time datetime="{when.isoformat()}">{day(when)}, {when:%H:%M}</time>{edited}</p>'
        f"{_quote(row, str(message.room), quotes)}{text}{_counts(row)}{note}</li>"
    )
