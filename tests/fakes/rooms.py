"""Rooms in memory."""

from collections.abc import Mapping, Sequence
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

    def revisions(self, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        rooms = (self.get(slug) for slug in slugs)
        return {str(room.slug): room.revision for room in rooms if room is not None}

    def next_revision(self, slug: RoomSlug) -> int:
        room = self.get(slug)
        if room is None:
            raise NotFound("There is no room with that name.")
        self._store.rooms[str(slug)] = replace(room, revision=room.revision + 1)
        return room.revision + 1
