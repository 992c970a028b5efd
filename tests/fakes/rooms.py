"""Rooms in memory."""

from dataclasses import replace

from portfolio_app.app.errors import NotFound
from portfolio_app.domain.chat.room import Room, RoomSlug
from tests.fakes.store import Store


class FakeRooms:
    """Implements `RoomRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, slug: RoomSlug) -> Room | None:
        return self._store.rooms.get(str(slug))

    def all(self) -> list[Room]:
        return list(self._store.rooms.values())

    def next_revision(self, slug: RoomSlug) -> int:
        room = self.get(slug)
        if room is None:
            raise NotFound("There is no room with that name.")
        self._store.rooms[str(slug)] = replace(room, revision=room.revision + 1)
        return room.revision + 1
