"""Stored messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.chat.search import SearchQuery

END: Final = 2**53 - 1
"""Behind every position, and a whole number in a browser too."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message and the row it was read from: every column with its value."""

    message: Message
    row: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Held:
    """Messages that wait for a moderator: how many, and the newest of them, oldest first."""

    count: int
    newest: list[Message]


class MessageRepository(Protocol):
    """Reads and changes messages; new ones come in through the journal."""

    def lock(self, message_id: str) -> Message | None:
        """The message, held against other writers until the transaction ends; None if unknown."""
        ...

    def save(self, message: Message) -> None:
        """Write what can change of a message that exists: status, text, revision and position."""
        ...

    def window(self, room: RoomSlug, limit: int, before: int = END) -> list[Message]:
        """The newest `limit` visible messages whose position is less than `before`, oldest first."""
        ...

    def shown_from(self, room: RoomSlug, position: int, limit: int) -> list[Message]:
        """The oldest `limit` visible messages whose position is at least `position`, oldest first."""
        ...

    def place_after(self, room: RoomSlug, position: int, count: int) -> int:
        """The position that `count` visible messages from `position` on come before; `END` if there are no more."""
        ...

    def place_before(self, room: RoomSlug, position: int, count: int) -> int:
        """The position from which on there are `count` visible messages before `position`; 0 if there are no more."""
        ...

    def search(self, room: RoomSlug, query: SearchQuery, limit: int, before: int = END) -> list[Message]:
        """The newest `limit` visible messages before a position that hold every word of the query, newest first."""
        ...

    def changes_after(self, room: RoomSlug, revision: int, limit: int) -> list[Message]:
        """Messages changed after `revision`, removed ones too, by revision, at most `limit`."""
        ...

    def pending_of(self, session_id: str, room: RoomSlug, limit: int) -> Held:
        """What this session posted that still waits for a moderator; the newest `limit` of it."""
        ...

    def unpublished_of(self, session_ids: Sequence[str], limit: int) -> list[Message]:
        """What these sessions posted and nobody else ever saw, removed ones too; the newest `limit` of each."""
        ...

    def latest_of(self, session_id: str) -> StoredMessage | None:
        """What this session posted last and was not removed, in whatever room; None for nothing."""
        ...
