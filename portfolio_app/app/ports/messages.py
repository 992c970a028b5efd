"""Stored messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeAlias

from portfolio_app.domain.account.user import User, Username
from portfolio_app.domain.chat.message import Author, Message
from portfolio_app.domain.chat.reactions import Sign
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


Given: TypeAlias = tuple[str, Sign]
"""A reaction: the message's id, and the sign."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of messages: a member, in every session, or a guest's session."""

    session_id: str
    user_id: int | None = None

    def key(self, message: Message) -> str:
        """The key after which a page of the owner's messages goes on behind `message`."""
        return message.id if self.user_id is not None else str(message.client_id)


@dataclass(frozen=True, slots=True)
class Named:
    """Ids of messages that name somebody, and the id after which to go on looking; None behind the last message."""

    ids: list[str]
    after: str | None


class MessageRepository(Protocol):
    """Reads and changes messages; new ones come in through the journal."""

    def lock(self, message_id: str) -> Message | None:
        """The message, held against other writers until the transaction ends; None if unknown."""
        ...

    def named(self, message_ids: Sequence[str]) -> list[Message]:
        """The messages with these ids that exist, in any order and state."""
        ...

    def save(self, message: Message) -> None:
        """Write what can change of a message that exists: all but who wrote it, where, when, and what it answers."""
        ...

    def is_answered(self, message_id: str) -> bool:
        """Whether a visible message answers it."""
        ...

    def react(self, message_id: str, reader: str, sign: Sign, *, given: bool) -> None:
        """Add a reaction that is not there, or take away one that is."""
        ...

    def reactions_of(self, reader: str, message_ids: Sequence[str]) -> Mapping[str, tuple[Sign, ...]]:
        """The signs that a reader gave each message, in their order; messages without any are left out."""
        ...

    def given(self, reader: str, after: Given | None, limit: int) -> list[Given]:
        """Reactions of a reader in the order of messages and signs, those that come after another one."""
        ...

    def of_member(self, user_id: int, limit: int) -> list[Message]:
        """The oldest `limit` messages of a member, in whatever room and state, locked against other writers."""
        ...

    def save_authors(self, messages: Sequence[Message]) -> None:
        """Write author and revision of messages whose author has left or has another name."""
        ...

    def naming(self, user: User, former: Username, after: str, looked_through: int, limit: int) -> Named:
        """Messages of the user under another name than theirs, and those of anybody that have `@` and `former`.

        Looks through the messages whose ids come next after another one.
        """
        ...

    def save_all(self, messages: Sequence[Message]) -> None:
        """Save several, as `save` does one."""
        ...

    def shown_of(self, author: Author, limit: int) -> list[Message]:
        """The newest `limit` visible messages of an author, in whatever rooms, locked against other writers.

        A member's are those of all sessions; a guest's are those that the session wrote as a guest.
        """
        ...

    def removed_among(self, message_ids: Sequence[str]) -> list[Message]:
        """The messages among these that a moderator removed, locked against other writers."""
        ...

    def window(self, room: RoomSlug, limit: int, before: int = END) -> list[Message]:
        """The newest `limit` shown messages whose position is less than `before`, oldest first."""
        ...

    def shown_from(self, room: RoomSlug, position: int, limit: int) -> list[Message]:
        """The oldest `limit` shown messages whose position is at least `position`, oldest first."""
        ...

    def place_from(self, room: RoomSlug, position: int) -> tuple[int, datetime] | None:
        """The first position from `position` on at which a message is shown, and when that was posted."""
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

    def pending_of(self, owner: Owner, room: RoomSlug, limit: int) -> Held:
        """The owner's messages that still wait for a moderator; the newest `limit` of them."""
        ...

    def unpublished_of(self, authors: Sequence[str], limit: int) -> list[Message]:
        """The messages of these authors, by `Author.key`, that no one else saw, removed ones too; the newest `limit`
        of each."""
        ...

    def own_of(self, owner: Owner, after: str, limit: int) -> list[Message]:
        """The owner's messages that have a text, whatever became of them, by their key; the first after a key."""
        ...

    def hidden_before(self, at: datetime, limit: int) -> list[Message]:
        """Messages posted before a time that have a text and are not shown; the oldest first."""
        ...

    def latest_of(self, session_id: str) -> StoredMessage | None:
        """The session's last message that was not removed, in any room; None for none."""
        ...
