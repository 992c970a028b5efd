"""Rooms."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from portfolio_app.domain.chat.room import Room, RoomSlug

MOST_UNSEEN: Final = 99
"""The number at which counting stops: a reader may have missed a million messages."""


class RoomRepository(Protocol):
    """The rooms there are."""

    def get(self, slug: RoomSlug) -> Room | None:
        """The room with its committed revision, or None."""
        ...

    def all(self) -> list[Room]:
        """Every room, in the order to list them."""
        ...

    def hold(self) -> None:
        """Hold the list of rooms for this transaction: another that changes it waits, and reads it as it is then."""
        ...

    def add(self, room: Room) -> None:
        """Insert a room; `RoomExists` when its name is taken."""
        ...

    def save(self, room: Room) -> None:
        """Write what a moderator changes of a room: title, place, slow mode, whether it is archived."""
        ...

    def see(self, reader: str, slug: RoomSlug, revision: int) -> None:
        """Record that a reader has seen the room up to a revision; an earlier one changes nothing."""
        ...

    def unsee(self, reader: str) -> None:
        """Forget what a reader has seen, in every room."""
        ...

    def unseen(self, reader: str, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        """How many messages each of these rooms shows that came after what the reader has seen there.

        At most `MOST_UNSEEN`; 0 for a room that the reader never was in.
        """
        ...

    def revisions(self, slugs: Sequence[RoomSlug]) -> Mapping[str, int]:
        """The committed revision of each of these rooms that exists, by slug."""
        ...

    def next_revision(self, slug: RoomSlug, count: int = 1) -> int:
        """Take the room's next revision, or `count` of them and return the last.

        Holds the room for this transaction, so none is skipped.
        """
        ...
