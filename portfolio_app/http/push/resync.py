"""Sets this worker's tabs and terminals right from the database, after events of other workers were lost."""

import asyncio
import logging
from typing import Final

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.events import Event, EventsMissed
from portfolio_app.app.reread import Reread
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.feeds import RoomFeed
from portfolio_app.http.push.push import Push
from portfolio_app.http.push.subscriptions import Subscriptions
from portfolio_app.http.push.topics import own_room_topic, parts_of_room
from portfolio_app.http.sockets.registry import SocketRegistry
from portfolio_app.http.streams.registry import Streams
from portfolio_app.http.views.chat import frame_row

_log = logging.getLogger(__name__)
PAUSE_S: Final = 1.0
"""Between two passes: losses in a row, as of a server that comes and goes, cost one each."""


class Resync:
    """Announces revisions, sends own messages that nobody else saw, and ends sessions that have ended.

    Only what has a tab or a terminal here is read, in bounded batches.
    """

    def __init__(
        self,
        push: Push,
        subscriptions: Subscriptions,
        sockets: SocketRegistry,
        streams: Streams,
        reread: Reread,
    ) -> None:
        self._push = push
        self._subscriptions = subscriptions
        self._sockets = sockets
        self._streams = streams
        self._reread = reread
        self._due = asyncio.Event()
        self._own: dict[str, frozenset[tuple[str, str]]] = {}
        self.passes = 0
        """How often everything was read again."""

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: read again, soon."""
        if isinstance(event, EventsMissed):
            self._due.set()

    async def run(self) -> None:
        """Read again whenever it is due, until cancelled; a database that is away is asked again."""
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await self._pass()
            except Unavailable:
                self._due.set()
            except Exception:  # it would be the last pass
                _log.exception("a resync failed")
                self._due.set()
            await asyncio.sleep(PAUSE_S)

    async def _pass(self) -> None:
        await self._end_sessions()
        places = [parts for topic in self._push.topics() if (parts := parts_of_room(topic))]
        rooms = [slug for slug, session_id in places if session_id is None]
        for slug, revision in (await self._reread.revisions(rooms)).items():
            self._subscriptions.announce(slug, revision)
        await self._send_own(sorted({session_id for _, session_id in places if session_id is not None}))
        self._subscriptions.announce_queue()
        self.passes += 1
        _log.info("read %d rooms again", len(rooms))

    async def _end_sessions(self) -> None:
        here = self._sockets.sessions() | self._streams.sessions()
        for event in await self._reread.ended(sorted(here)):
            await self._sockets.on_event(event)
            await self._streams.on_event(event)

    async def _send_own(self, session_ids: list[str]) -> None:
        before, self._own = self._own, {}
        async for messages in self._reread.own(session_ids):
            for topic, own in _by_topic(messages).items():
                self._own[topic] = frozenset((message.id, message.status) for message in own)
                # What a pass has sent is sent again when it has changed: tabs that came since read it themselves.
                if self._own[topic] != before.get(topic):
                    await self._push.send(topic, RoomFeed, arrivals=[frame_row(message) for message in own])


def _by_topic(messages: list[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in messages:
        topic = own_room_topic(str(message.room), message.author.session_id)
        found.setdefault(topic, []).append(message)
    return found
