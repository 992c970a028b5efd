"""Rooms in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from portfolio_app.app.errors import NotFound, RoomExists
from portfolio_app.app.ports.rooms import MOST_UNSEEN
from portfolio_app.domain.chat.message import MessageStatus
from portfolio_app.domain.chat.room import Room, RoomSlug
from tests.fakes.store import Store


class FakeRooms:
    """Implements `RoomRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, slug: RoomSlug) -> Room | None:
        return self._store.rooms.get(str(slug))

    def all(self) -> list[Room]:
        return sorted(self._store.rooms.values(), key=lambda room: (room.place, str(room.slug)))

    def hold(self) -> None: ...

    def add(self, room: Room) -> None:
        if self.get(room.slug) is not None:
            raise RoomExists
        self._store.rooms[str(room.slug)] = room

    def save(self, room: Room) -> None:
        revision = self._store.rooms[str(room.slug)].revision
        self._store.rooms[str(room.slug)] = replace(room, revision=revision)

    def see(self, reader: str, slug: RoomSlug, revision: int) -> None:
        known = self._store.seen.get((reader, str(slug)), 0)
        self._store.seen[reader, str(slug)] = max(known, revision)

    def unsee(self, reader: str) -> None:
        for key in [key for key in self._store.seen if key[0] == reader]:
            del self._store.seen[key]

    def unseen(self, reader: str, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        shown = [m for m in self._store.messages.values() if m.status is MessageStatus.VISIBLE]
        return {
            room: min(MOST_UNSEEN, sum(str(m.room) == room and m.position > seen for m in shown))
            for (who, room), seen in self._store.seen.items()
            if who == reader and room in map(str, slugs)
        }

    def revisions(self, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        rooms = (self.get(slug) for slug in slugs)
        return {str(room.slug): room.revision for room in rooms if room is not None}

    def next_revision(self, slug: RoomSlug, count: int = 1) -> int:
        room = self.get(slug)
        if room is None:
            raise NotFound("There is no room with that name.")
        self._store.rooms[str(slug)] = replace(room, revision=room.revision + count)
        return room.revision + count
