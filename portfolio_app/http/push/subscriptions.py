"""From what happened to who must see it."""

import asyncio
import time
from typing import Final

from portfolio_app.app.events import Event, HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.ports.live_feed import FeedBatch, LiveFeed
from portfolio_app.app.ports.trace import Layer, Target, labels, source
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.feeds import LogFeed, ModerationFeed, RoomFeed
from portfolio_app.http.push.beacon import Beacons
from portfolio_app.http.push.painted import Painted
from portfolio_app.http.push.push import Push, Sent
from portfolio_app.http.push.topics import MODERATION, own_room_topic, room_topic, session_topic
from portfolio_app.http.views.chat import frame_row
from portfolio_app.http.views.log import frame_of, log_row_view, network_row_view

_SEND: Final = source(Push.send.__code__)
QUEUE_DELAY: Final = 0.2
"""Seconds by which an announcement to moderators waits for more of its kind."""


class Subscriptions:
    """Subscribes to the bus and to the live feed; every event becomes one frame per topic."""

    def __init__(self, push: Push, painted: Painted, feed: LiveFeed) -> None:
        self._push = push
        self._feed = feed
        self._painted = painted
        self._beacons = Beacons(push)
        self._queue_version = 0
        self._announcing: asyncio.Task[None] | None = None

    async def on_event(self, event: Event) -> None:
        """Push a committed change. A revoked session is the connection registry's business."""
        match event:
            case RoomChanged(room, messages, request_ids):
                rows = [frame_row(message) for message in messages]
                await self._traced(room_topic(room), rows, messages, request_ids)
                self._beacons.changed(room, messages[-1].revision)
            case HeldChanged(session_id, message, request_id):
                rows = [frame_row(message)]
                topic = own_room_topic(str(message.room), session_id)
                await self._traced(topic, rows, (message,), (request_id,))
            case QueueChanged():
                self.announce_queue()

    async def stop(self) -> None:
        """End what runs on its own time."""
        await self._beacons.stop()
        if self._announcing is not None:
            self._announcing.cancel()

    async def on_batch(self, session_id: str, batch: FeedBatch) -> None:
        """Push new rows to the tabs of the session they belong to, if it has any open."""
        topic = session_topic(session_id)
        if not self._push.listeners(topic):
            return
        channels: dict[str, object] = {
            "arrivals": [frame_of(log_row_view(row)) for row in batch.rows],
            "requests": [frame_of(network_row_view(row)) for row in batch.network],
        }
        await self._push.send(topic, LogFeed, **{name: rows for name, rows in channels.items() if rows})

    def announce(self, room: str, revision: int) -> None:
        """Let the tabs in a room compare what they have with `revision`; those behind ask for the rest."""
        self._beacons.changed(room, revision)

    def announce_queue(self) -> None:
        """Let moderators' tabs read queue and trail again, soon."""
        # Each announcement makes every moderator's tab read the queue: a storm of posts becomes a few.
        if self._announcing is None or self._announcing.done():
            self._announcing = asyncio.create_task(self._announce_soon(), name="announce queue")

    async def _announce_soon(self) -> None:
        await asyncio.sleep(QUEUE_DELAY)
        self._queue_version += 1
        await self._push.send(MODERATION, ModerationFeed, version=self._queue_version)

    async def _traced(
        self,
        topic: str,
        rows: list[dict[str, str | int]],
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
