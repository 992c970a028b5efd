"""Stored messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import RoomSlug


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
        """Write the status and revision of a message that exists."""
        ...

    def window(self, room: RoomSlug, limit: int) -> list[Message]:
        """The newest `limit` visible messages, oldest first by revision."""
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
