"""The chat room a tab is in."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Final

import reflex as rx
from pydantic import Field

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.history import Part, Toward
from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.ports.journal import Stored
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.messages import END
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.room import Room
from portfolio_app.http.chat.feed import RoomFeed, entered, numbered
from portfolio_app.http.chat.last_posts import LastPosts, Painted, Posted
from portfolio_app.http.chat.presence import PresencePublisher
from portfolio_app.http.chat.views import (
    Acknowledgement,
    RoomView,
    WindowView,
    frame_row,
    no_quote,
    outcome_of,
    page_view,
    quote_view,
    room_view,
    unfolded,
    window_view,
)
from portfolio_app.http.content.loader import discussed
from portfolio_app.http.transport.action import Payload, action, ignore
from portfolio_app.http.transport.caller import caller_of, path_of, sid_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Request, kept_text
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services

DEFAULT_ROOM: Final = "lobby"
_ROOM_PATH: Final = "/chat/"
_NO_ROOM: Final = (404, 422)
_ID_LENGTH: Final = 64


class PostDTO(Request):
    """A message on its way in; lengths here only bound the work, the domain holds the rules.

    Without a `room` it is for the one that the tab is in. `written_as` is what its author was called when it was
    written: it may have waited for a connection or its turn, and is somebody else's to send after a sign-out.
    """

    client_id: str = Field(max_length=_ID_LENGTH)
    body: str = Field(max_length=20_000)
    room: str = Field(default="", max_length=64)
    reply_to: str = Field(default="", max_length=64)
    written_as: str = Field(default="", max_length=64)


class WithdrawDTO(Request):
    """A message that its author has given up, by the id this browser gave it."""

    client_id: str = Field(max_length=64)


class PaintedDTO(Request):
    """Messages of this session that are on this tab's screen now: written in another tab, or `here`."""

    messages: list[Annotated[str, Field(max_length=32)]] = Field(max_length=50)
    here: list[Annotated[str, Field(max_length=32)]] = Field(default_factory=list, max_length=50)


class RepairDTO(Request):
    """A tab's last room revision, from which it wants to go on."""

    after: int = Field(ge=0, le=2**53)


class PageDTO(Request):
    """The page of the room that a tab wants, and the part of the room that it has; `at` goes with a time."""

    toward: Toward = Field(strict=False)
    low: int = Field(ge=0, le=END)
    high: int = Field(ge=0, le=END)
    at: int = Field(ge=0, le=END)


class PlaceDTO(Request):
    """A message of the room that a tab wants to see in its place."""

    id: str = Field(max_length=64)


class QuotesDTO(Request):
    """Messages that a tab's rows answer, and that it does not have."""

    ids: list[Annotated[str, Field(max_length=64)]] = Field(max_length=60)


class ChatState(rx.State):
    """Window, title and last outcome; what arrives later comes through `RoomFeed`.

    `missing` says that there is no room at this address; `held_before` counts the visitor's held messages that
    are older than those in the window.
    """

    room: rx.Field[str] = rx.field(DEFAULT_ROOM)
    title: rx.Field[str] = rx.field("")
    window: rx.Field[WindowView | None] = rx.field(None)
    outcome: rx.Field[Acknowledgement] = rx.field(default_factory=Acknowledgement)
    problem: rx.Field[str] = rx.field("")
    missing: rx.Field[bool] = rx.field(False)
    held_before: rx.Field[int] = rx.field(0)
    archived: rx.Field[bool] = rx.field(False)
    slow_s: rx.Field[int] = rx.field(0)
    owners: rx.Field[list[str]] = rx.field(default_factory=list)
    moderators: rx.Field[list[str]] = rx.field(default_factory=list)
    rooms: rx.Field[list[RoomView]] = rx.field(default_factory=list)

    def _shut(self, error: ErrorView, _payload: Payload) -> None:
        self.problem, self.missing, self.window = error.text, error.status in _NO_ROOM, None

    def _not_posted(self, error: ErrorView, payload: Payload) -> None:
        self.outcome = outcome_of(kept_text(payload.get("client_id"), _ID_LENGTH), error)

    @action("chat.enter", live=False, refused=_shut)
    async def enter(self) -> None:
        """Find the room, join its topic, then read its window: in this order nothing falls in between."""
        self._take_room_from_route()
        caller, sid = caller_of(self), sid_of(self)
        # An address is the visitor's to write: until the room is found it may name anybody's topic.
        slug = await services().find_room.slug(self.room)
        left = part(PresencePublisher).room_of(sid)
        if left not in ("", slug):  # what came while the tab showed it has been read
            await services().list_rooms(caller, left)
        join = partial(part(Push).enter_room, sid)
        opened, rooms = await entered(caller, slug, message_of(path_of(self)), join)
        part(PresencePublisher).enter(sid, slug, caller)
        self.problem, self.missing, self.held_before = "", False, opened.held_before
        self.window = window_view(opened)
        self._show(opened.room)
        self.owners = [str(user.username) for user in opened.staff if user.role is Role.OWNER]
        self.moderators = [str(user.username) for user in opened.staff if user.role is Role.MODERATOR]
        self.rooms = [room_view(listed) for listed in rooms]

    @action("chat.rooms", live=False, refused=ignore)
    async def refresh_rooms(self) -> None:
        """Read the list of rooms, and what has become of this one."""
        self._take_room_from_route()
        self._show(await services().find_room(self.room))
        self.rooms = [room_view(listed) for listed in await services().list_rooms(caller_of(self), self.room)]

    def _show(self, room: Room) -> None:
        self.title, self.archived, self.slow_s = room.title, room.archived, room.slow_s

    @action("chat.send", refused=_not_posted)
    async def send(self, message: PostDTO) -> None:
        """Post a message: to its room, which may be another than this tab shows by now."""
        self._take_room_from_route()
        caller = caller_of(self)
        receipt = await post(caller, message.room or self.room, message)
        self.outcome, self.problem = outcome_of(message.client_id, receipt, caller.request_id), ""

    @action("chat.withdraw", refused=ignore, rate=Rates.WITHDRAW_SESSION)
    async def withdraw(self, given_up: WithdrawDTO) -> None:
        """Take back a post whose answer never came, so that nobody reads it."""
        self._take_room_from_route()
        await services().withdraw_message(caller_of(self), self.room, given_up.client_id)

    @action("chat.repair", live=False, refused=ignore)
    async def repair(self, since: RepairDTO) -> None:
        """Send this tab, and no other, what it missed since a revision."""
        self._take_room_from_route()
        sid = sid_of(self)
        await part(Push).room(sid)
        missed = await services().catch_up(self.room, since.after)
        if missed is None:
            await self.enter()
            return
        rows = [frame_row(message) for message in missed.messages]
        more = missed.upto if missed.upto < missed.revision else 0
        await part(Push).send(
            sid,
            RoomFeed,
            **numbered(),
            arrivals=rows,
            settled=missed.upto,
            revision=missed.revision,
            more=more,
        )

    @action("chat.page", live=False)
    async def read_page(self, wanted: PageDTO) -> None:
        """Send this tab, and no other, an older or newer part of its room."""
        await self._send_page(wanted.toward, Part(wanted.low, wanted.high), wanted.at)

    @action("chat.go", live=False)
    async def go(self, wanted: PlaceDTO) -> None:
        """Send this tab the part of its room around a message."""
        await self._send_page(Toward.MESSAGE, Part(), message=wanted.id)

    @action("chat.quotes", live=False, refused=ignore)
    async def read_quotes(self, wanted: QuotesDTO) -> None:
        """Send this tab the beginnings of messages that its rows answer."""
        self._take_room_from_route()
        sid, ids = sid_of(self), set(wanted.ids)
        await part(Push).room(sid)
        found = {each.id: quote_view(each) for each in await services().read_quotes(self.room, [*ids])}
        quotes = [asdict(found.get(each) or no_quote(each)) for each in ids]
        await part(Push).send(sid, RoomFeed, quotes=quotes)

    async def _send_page(self, toward: Toward, there: Part, at: int = 0, message: str = "") -> None:
        self._take_room_from_route()
        sid = sid_of(self)
        await part(Push).room(sid)
        page = await services().read_history(
            self.room, toward, there, at, message=message, caller=caller_of(self)
        )
        await part(Push).send(sid, RoomFeed, page=unfolded(page_view(page)) | numbered())

    @action("chat.painted", live=False, refused=ignore)
    async def painted(self, seen: PaintedDTO) -> None:
        """Complete the traces of messages that this tab shows, whichever tab of its session sent them."""
        session_id, painted = caller_of(self).session_id, part(Painted)
        painted.acknowledge(session_id, seen.here, here=True)
        painted.acknowledge(session_id, seen.messages)

    def _take_room_from_route(self) -> None:
        # With every event: the state of a tab that was idle for long has been forgotten, its address has not.
        self.room = room_of(path_of(self))


def room_of(path: str) -> str:
    """The room that a page shows: the one its address names, which the domain checks, or the one of its article."""
    article = discussed().get(path.rstrip("/"))
    return _named_in(path)[0] or (article.room if article else DEFAULT_ROOM)


def message_of(path: str) -> str:
    """The message that an address leads to, empty for a room as a whole."""
    return _named_in(path)[1]


def _named_in(path: str) -> tuple[str, str]:
    _, _, named = path.partition(_ROOM_PATH)
    slug, _, message_id = named.strip("/").partition("/")
    return slug, message_id


async def post(caller: Caller, room: str, dto: PostDTO) -> Stored:
    """Post, and keep what the message was on its way through the layers as its session's last post."""
    command = PostCommand(room, dto.client_id, dto.body, dto.reply_to, dto.written_as)
    receipt = await services().post_message(caller, command)
    if not receipt.repeated:
        posted = Posted(dto, command, receipt.message, caller.request_id)
        part(LastPosts).keep(caller.session_id, posted)
    return receipt
