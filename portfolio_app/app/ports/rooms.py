"""Rooms."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from portfolio_app.domain.chat.room import Room, RoomSlug


class RoomRepository(Protocol):
    """The rooms there are."""

    def get(self, slug: RoomSlug) -> Room | None:
        """The room with its committed revision, or None."""
        ...

    def all(self) -> list[Room]:
        """Every room, in the order to list them."""
        ...

    def revisions(self, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        """The committed revision of each of these rooms that exists, by slug."""
        ...

    def next_revision(self, slug: RoomSlug) -> int:
        """Take the room's next revision; holds the room for this transaction, so none is skipped."""
        ...
