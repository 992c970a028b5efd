"""Pushes the changes of a room to the tabs that are in it, and its revision once it has gone quiet."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.read_room import RoomWindow
from portfolio_app.app.chat.rooms import ListedRoom
from portfolio_app.app.events import Event, HeldChanged, RoomChanged, RoomsChanged
from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.trace import Layer, Target, labels, source
from portfolio_app.app.reread import Reread
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.chat.last_posts import Painted
from portfolio_app.http.chat.views import MessageView, PageView, QuoteView, frame_row
from portfolio_app.http.transport.push import ROOMS, Push, Sent, own_room_topic, parts_of_room, room_topic
from portfolio_app.http.transport.runtime import services

# Seconds of quiet before each beacon: several, because a beacon can get lost like any frame.
QUIET: Final = (0.5, 1.5, 4.0, 10.0, 30.0)


class Beacons:
    """One timer per room that has changed lately, restarted by every change."""

    def __init__(self, push: Push, channel: type[rx.State]) -> None:
        """`channel` has a var `revision`."""
        self._push = push
        self._channel = channel
        self._revisions: dict[str, int] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def changed(self, room: str, revision: int) -> None:
        """Remember the room's revision and start its timer over."""
        self._revisions[room] = max(revision, self._revisions.get(room, 0))
        if (running := self._tasks.get(room)) is not None:
            running.cancel()
        self._tasks[room] = asyncio.create_task(self._run(room), name=f"beacon {room}")

    async def stop(self) -> None:
        """End all timers."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, room: str) -> None:
        try:
            for delay in QUIET:
                await asyncio.sleep(delay)
                await self._push.send(room_topic(room), self._channel, revision=self._revisions[room])
        finally:
            if self._tasks.get(room) is asyncio.current_task():
                del self._tasks[room], self._revisions[room]


_SEND: Final = source(Push.send.__code__)


class RoomFeed(rx.State):
    """New and changed messages of the room this tab is in: vars that the server sends through and never changes.

    A frame for a topic is a state update whose value goes to every tab on the topic. The state of a tab does not
    hold it, so a late tab reads the window from the database instead, and memory does not grow with traffic.
    `settled` is a revision up to which nothing is missing once the `arrivals` beside it are merged;
    `more` is that revision if the answer was cut short there: the tab asks for what comes after it.
    `answer` is another number with every answer to a tab that asked: what is sent in the same words as before changes
    nothing in the state that its page holds, and would not be looked at.
    `revision` is the room's newest, sent with each answer and when the room has gone quiet.
    `page` is an older or newer part of the room that this tab has asked for, `quotes` are messages that others answer.
    `own` are all signs that the visitor gave to a message, after each change of them.
    """

    arrivals: rx.Field[list[MessageView]] = rx.field(default_factory=list)
    settled: rx.Field[int] = rx.field(0)
    more: rx.Field[int] = rx.field(0)
    answer: rx.Field[int] = rx.field(0)
    revision: rx.Field[int] = rx.field(0)
    page: rx.Field[PageView | None] = rx.field(None)
    quotes: rx.Field[list[QuoteView]] = rx.field(default_factory=list)
    own: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)


def numbered() -> dict[str, int]:
    """An answer's number, which no earlier one had: microseconds, as a browser holds them exactly."""
    return {"answer": time.time_ns() // 1_000}


async def entered(
    caller: Caller, slug: str, message: str, join: Callable[..., Awaitable[None]]
) -> tuple[RoomWindow, list[ListedRoom]]:
    """The window of a room and the list of rooms, read after `join` with the room's topics.

    That a session is a member's is known once it is read: then it is read again, after the member's topic.
    """
    topics = [room_topic(slug), own_room_topic(slug, caller.session_id), ROOMS]
    while True:
        await join(*topics)
        opened, rooms = await services().enter_room(caller, slug, message)
        own = own_room_topic(slug, opened.reader)
        if own in topics:
            return opened, rooms
        topics.append(own)


class RoomsFeed(rx.State):
    """A counter that grows when the list of rooms has changed; the list itself is read by each tab."""

    version: rx.Field[int] = rx.field(0)


class RoomPublisher:
    """Subscribes to the bus: every committed change of a room becomes one frame for its tabs."""

    def __init__(self, push: Push, painted: Painted, feed: LiveFeed) -> None:
        self._push = push
        self._feed = feed
        self._painted = painted
        self._beacons = Beacons(push, RoomFeed)
        self._versions = 0

    async def on_event(self, event: Event) -> None:
        """Push a committed change to the room, a held message to its author only."""
        match event:
            case RoomChanged(room, messages, request_ids):
                rows = [frame_row(message) for message in messages]
                await self._traced(room_topic(room), rows, messages, request_ids)
                self._beacons.changed(room, messages[-1].revision)
            case RoomsChanged():
                await self.announce_rooms()
            case HeldChanged(_, message, request_id):
                rows = [frame_row(message)]
                topic = own_room_topic(str(message.room), message.author.key)
                await self._traced(topic, rows, (message,), (request_id,))

    async def announce_rooms(self) -> None:
        """Let every tab that shows a room read the list of rooms again."""
        self._versions += 1
        await self._push.send(ROOMS, RoomsFeed, version=self._versions)

    def announce(self, room: str, revision: int) -> None:
        """Let the tabs in a room compare what they have with `revision`; those behind ask for the rest."""
        self._beacons.changed(room, revision)

    async def stop(self) -> None:
        """End the timers."""
        await self._beacons.stop()

    async def _traced(
        self,
        topic: str,
        rows: list[dict[str, object]],
        messages: tuple[Message, ...],
        request_ids: tuple[str, ...],
    ) -> None:
        started = time.time_ns()
        sent = await self._push.send(topic, RoomFeed, arrivals=rows)
        self._record(topic, sent, request_ids, started)
        for message, request_id in zip(messages, request_ids, strict=False):
            self._painted.pushed(message, request_id, started)

    def _record(self, topic: str, sent: Sent, request_ids: tuple[str, ...], started: int) -> None:
        # One frame may carry the messages of several requests: each trace gets its own step of it.
        name = "push room" if topic.count(":") == 1 else "push author"
        found = labels(Target.PUSH, Layer.HTTP, tabs=sent.tabs, bytes=sent.bytes, batch=len(request_ids))
        self._feed.record_late(name, frozenset(request_ids), started, time.time_ns(), found | _SEND)


class RoomReread:
    """Announces the list of rooms and each room's revision, and sends own messages that nobody else saw."""

    def __init__(self, push: Push, publisher: RoomPublisher, reread: Reread) -> None:
        self._push = push
        self._publisher = publisher
        self._reread = reread
        self._own: dict[str, frozenset[tuple[str, str]]] = {}

    async def __call__(self) -> None:
        """Read again the rooms, and the authors, that have a tab here."""
        places = [parts for topic in self._push.topics() if (parts := parts_of_room(topic))]
        rooms = [slug for slug, author in places if author is None]
        for slug, revision in (await self._reread.revisions(rooms)).items():
            self._publisher.announce(slug, revision)
        await self._publisher.announce_rooms()
        await self._send_own(sorted({author for _, author in places if author is not None}))

    async def _send_own(self, authors: list[str]) -> None:
        before, self._own = self._own, {}
        async for messages in self._reread.own(authors):
            for topic, own in _by_topic(messages).items():
                self._own[topic] = frozenset((message.id, message.status) for message in own)
                # A message of a pass is sent again when it has changed: tabs that came since read it themselves.
                if self._own[topic] != before.get(topic):
                    await self._push.send(topic, RoomFeed, arrivals=[frame_row(message) for message in own])


def _by_topic(messages: list[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in messages:
        topic = own_room_topic(str(message.room), message.author.key)
        found.setdefault(topic, []).append(message)
    return found
