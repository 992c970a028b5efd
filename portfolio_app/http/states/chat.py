"""The chat room a tab is in."""

import time
from functools import partial
from typing import Any, Final

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.chat.read_room import RoomWindow
from portfolio_app.app.ports.journal import Receipt
from portfolio_app.http.dto.chat import PaintedDTO, PostDTO, RepairDTO
from portfolio_app.http.dto.parsing import parse
from portfolio_app.http.errors import ErrorView
from portfolio_app.http.feeds import RoomFeed
from portfolio_app.http.handling import attempt
from portfolio_app.http.last_posts import Posted
from portfolio_app.http.push import hub
from portfolio_app.http.push.topics import own_room_topic, room_topic
from portfolio_app.http.runtime import current, services
from portfolio_app.http.views.chat import Outcome, WindowView, frame_row, outcome_of, window_view

DEFAULT_ROOM: Final = "lobby"
_ROOM_PATH: Final = "/chat/"
_NO_ROOM: Final = (404, 422)


class ChatState(rx.State):
    """Window, title and last outcome; what arrives later comes through `RoomFeed`.

    `missing` says that there is no room at this address; `held_before` counts the visitor's held messages that
    are older than those in the window.
    """

    room: rx.Field[str] = rx.field(DEFAULT_ROOM)
    title: rx.Field[str] = rx.field("")
    window: rx.Field[WindowView | None] = rx.field(None)
    outcome: rx.Field[Outcome] = rx.field(default_factory=Outcome)
    problem: rx.Field[str] = rx.field("")
    missing: rx.Field[bool] = rx.field(False)
    held_before: rx.Field[int] = rx.field(0)

    @rx.event
    async def enter(self) -> None:
        """Find the room, join its topic, then read its window: in this order nothing falls in between."""
        self._take_room_from_route()
        await self._reopen()

    @rx.event
    async def send(self, client_id: Any = None, body: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """Post a message to the room this tab is in."""
        self._take_room_from_route()
        answer = await attempt(self, "chat.send", partial(_post, self.room, client_id, body))
        self.outcome = outcome_of(client_id if isinstance(client_id, str) else "", answer)

    @rx.event
    async def repair(self, after: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """Send this tab, and no other, what it missed since revision `after`."""
        self._take_room_from_route()
        missed = await attempt(self, "chat.repair", partial(self._catch_up, after), live=False)
        if missed is None:
            await self._reopen()

    @rx.event
    async def painted(self, messages: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """Complete the traces of messages that this tab shows and another one of its session sent."""
        await attempt(self, "chat.painted", partial(_acknowledge, messages), live=False)

    async def _reopen(self) -> None:
        result = await attempt(self, "chat.enter", self._open, live=False)
        if isinstance(result, ErrorView):
            self.problem, self.missing, self.window = result.text, result.status in _NO_ROOM, None
        else:
            self.problem, self.missing, self.held_before = "", False, result.held_before
            self.title, self.window = result.room.title, window_view(result)

    async def _open(self, caller: Caller) -> RoomWindow:
        # An address is the visitor's to write: until the room is found it may name anybody's topic.
        slug = str((await services().find_room(self.room)).slug)
        topics = room_topic(slug), own_room_topic(slug, caller.session_id)
        await hub.push().enter_room(self.router.session.session_id, *topics)
        return await services().open_room(caller, slug)

    async def _catch_up(self, after: object, _: Caller) -> bool | None:
        dto = parse(RepairDTO, {"after": after})
        sid = self.router.session.session_id
        await hub.push().room(sid)
        missed = await services().catch_up(self.room, dto.after)
        if missed is None:
            return None
        rows = [frame_row(message) for message in missed.messages]
        more = missed.upto if missed.upto < missed.revision else 0
        await hub.push().send(
            sid, RoomFeed, arrivals=rows, settled=missed.upto, revision=missed.revision, more=more
        )
        return True

    def _take_room_from_route(self) -> None:
        # With every event: the state of a tab that was idle for long has been forgotten, its address has not.
        # Only an address of a room by itself names one; the domain checks the name.
        _, _, slug = self.router.url.path.partition(_ROOM_PATH)
        self.room = slug.strip("/") or DEFAULT_ROOM


async def _acknowledge(messages: object, caller: Caller) -> None:
    hub.painted().acknowledge(caller.session_id, parse(PaintedDTO, {"messages": messages}).messages)


async def _post(slug: str, client_id: object, body: object, caller: Caller) -> Receipt:
    started = time.perf_counter()
    dto = parse(PostDTO, {"client_id": client_id, "body": body})
    command = PostCommand(slug, dto.client_id, dto.body)
    receipt = await services().post_message(caller, command)
    seconds = time.perf_counter() - started
    hub.pulse().posted(seconds)
    services().metrics.posted(seconds)
    if not receipt.repeated:
        posted = Posted(dto, command, receipt.message, caller.request_id)
        current().last_posts.keep(caller.session_id, posted)
    return receipt
