"""Rooms of this worker's tabs, read again after events of other workers were lost."""

from portfolio_app.app.reread import Reread
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.chat.feed import RoomFeed, RoomPublisher
from portfolio_app.http.chat.views import frame_row
from portfolio_app.http.transport.push import Push, own_room_topic, parts_of_room


class RoomReread:
    """Announces the list of rooms and each room's revision, and sends own messages that nobody else saw."""

    def __init__(self, push: Push, publisher: RoomPublisher, reread: Reread) -> None:
        self._push = push
        self._publisher = publisher
        self._reread = reread
        self._own: dict[str, frozenset[tuple[str, str]]] = {}

    async def __call__(self) -> None:
        """Read again the rooms, and the sessions, that have a tab here."""
        places = [parts for topic in self._push.topics() if (parts := parts_of_room(topic))]
        rooms = [slug for slug, session_id in places if session_id is None]
        for slug, revision in (await self._reread.revisions(rooms)).items():
            self._publisher.announce(slug, revision)
        await self._publisher.announce_rooms()
        await self._send_own(sorted({session_id for _, session_id in places if session_id is not None}))

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
