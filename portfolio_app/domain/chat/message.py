"""A chat message and the states it can be in."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from portfolio_app.domain.chat.reactions import NO_REACTIONS, Reactions, Sign
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.errors import AlreadyDecided, InvalidValue, NotEditable
from portfolio_app.domain.text import Stored, clean_text, is_visible

BODY_LIMIT: Final = 1000
EDIT_WINDOW: Final = timedelta(minutes=15)
"""The time after posting in which an author may edit or delete a message."""
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,36}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class MessageBody(Stored):
    """The text of a message: 1 to 1000 characters, something visible among them, no control characters."""

    value: str

    def __post_init__(self) -> None:
        if self.value != clean_text(self.value):
            raise InvalidValue("body", "A message can't hold control characters.")
        if not is_visible(self.value):
            raise InvalidValue("body", "Write something first.")
        if len(self.value) > BODY_LIMIT:
            over = len(self.value) - BODY_LIMIT
            characters = "1 character" if over == 1 else f"{over} characters"
            raise InvalidValue("body", f"That is {characters} over the limit of {BODY_LIMIT}.")

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Clean `raw` and keep it; `InvalidValue` when nothing or too much is left."""
        return cls(clean_text(raw))

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class ClientMessageId(Stored):
    """The id a browser gave its own message, unique within its session: makes a retry harmless."""

    value: str

    def __post_init__(self) -> None:
        if not _CLIENT_ID.fullmatch(self.value):
            raise InvalidValue("client_id", "That message id is not valid.")

    def __str__(self) -> str:
        return self.value


def message_id(session_id: str, client_id: ClientMessageId) -> str:
    """20 hex digits made from session and client id: a retry finds its message by primary key."""
    return hashlib.sha256(f"{session_id}/{client_id}".encode()).hexdigest()[:20]


def is_message_id(text: str) -> bool:
    """Whether `text` could name a message: nothing else is looked up."""
    return _MESSAGE_ID.fullmatch(text) is not None


class MessageStatus(StrEnum):
    """The state of a message on its way to the room."""

    VISIBLE = "visible"
    PENDING = "pending"
    REMOVED = "removed"
    """Removed by a moderator."""
    DELETED = "deleted"
    """Deleted by its author."""

    @classmethod
    def stored(cls, text: str) -> Self:
        """The status; a status of a newer version reads as removed, so that the message is not shown."""
        return cls(text if text in set(cls) else cls.REMOVED)


GONE: Final = frozenset({MessageStatus.REMOVED, MessageStatus.DELETED})


FORMER: Final = "former member"
"""The author of messages that somebody left behind with the account; no account can have a name with a space."""


def member_key(user_id: int | str) -> str:
    """The key of a member, where that of a guest is the session's id."""
    return f"member {user_id}"


@dataclass(frozen=True, slots=True)
class Author:
    """The author of a message: a name to show, and a tag that tells two guests apart.

    `session_id` is the public session id; `user_id` is None for a guest.
    """

    name: str
    tag: str
    session_id: str
    user_id: int | None

    @property
    def key(self) -> str:
        """The author's key for mutes: the member in every session, or a guest's session."""
        return self.session_id if self.user_id is None else member_key(self.user_id)

    @property
    def label(self) -> str:
        """The name, with the tag if there is one."""
        return f"{self.name} {self.tag}".strip()


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message. `revision` is the room revision of its last visible change, 0 before any.

    `position` is that of its first one: its place in the room, which no later change moves. `approved_at` is when
    a moderator let it in, None for one that never waited. `edited_at` is when
    its author last wrote it anew. `reply_to` is the message it answers, if any. A `stub` is gone, and keeps its
    place because a visible message answers it.
    """

    id: str
    room: RoomSlug
    client_id: ClientMessageId
    author: Author
    body: MessageBody
    status: MessageStatus
    posted_at: datetime
    revision: int = 0
    position: int = 0
    approved_at: datetime | None = None
    edited_at: datetime | None = None
    reply_to: str | None = None
    stub: bool = False
    reactions: Reactions = NO_REACTIONS

    @property
    def is_shown(self) -> bool:
        """Whether it has a row in its room: with its text, or as a stub."""
        return self.stub or self.status is MessageStatus.VISIBLE

    def approve(self, revision: int, at: datetime | None = None) -> Self:
        """Make a pending message visible as change `revision`, now being `at`; `AlreadyDecided` otherwise."""
        if self.status is not MessageStatus.PENDING:
            raise AlreadyDecided("Another moderator has already decided on this message.")
        return replace(
            self, status=MessageStatus.VISIBLE, revision=revision, position=revision, approved_at=at
        )

    def remove(self, revision: int) -> Self:
        """Take the message away; `revision` stays 0 for one that never was visible."""
        if self.status in GONE:
            raise AlreadyDecided("This message is already removed.")
        return replace(self, status=MessageStatus.REMOVED, revision=revision)

    def edit(self, body: MessageBody, revision: int, at: datetime) -> Self:
        """The message with another text; `NotEditable` unless it is visible, and `EDIT_WINDOW` after it was posted."""
        self._check_own_change(at)
        if self.status is not MessageStatus.VISIBLE:
            raise NotEditable("This message waits for a moderator. Delete it and write it anew.")
        return replace(self, body=body, revision=revision, edited_at=at)

    def delete(self, revision: int, at: datetime) -> Self:
        """The message as its author took it away; `revision` stays 0 for one that never was visible."""
        self._check_own_change(at)
        return replace(self, status=MessageStatus.DELETED, revision=revision)

    def erase(self, revision: int) -> Self:
        """The message without its text, for good, whatever it was before."""
        return replace(self, status=MessageStatus.DELETED, body=MessageBody.stored(""), revision=revision)

    def disown(self, revision: int) -> Self:
        """The message as nobody's: its author has left."""
        author = replace(self.author, name=FORMER, tag="", user_id=None)
        return replace(self, author=author, revision=revision)

    def rename(self, name: str, body: MessageBody, revision: int) -> Self:
        """The message of an author, or with mentions of somebody, who has another name now: nobody edited it."""
        return replace(self, author=replace(self.author, name=name), body=body, revision=revision)

    def restore(self, revision: int) -> Self:
        """Show a message again that a moderator took away, in its place; `AlreadyDecided` for any other."""
        if self.status is not MessageStatus.REMOVED or self.position == 0:
            raise AlreadyDecided("This message was not taken down.")
        return replace(self, status=MessageStatus.VISIBLE, revision=revision, stub=False)

    def react(self, sign: Sign, by: int, revision: int) -> Self:
        """The message with one reaction more or less."""
        return replace(self, reactions=self.reactions.changed(sign, by), revision=revision)

    def keeping_place(self, *, answered: bool) -> Self:
        """A message that has just gone, as a stub if it was shown and is `answered`."""
        return replace(self, stub=answered and self.position > 0)

    def _check_own_change(self, at: datetime) -> None:
        if self.status in GONE:
            raise NotEditable("This message is gone already.")
        if at - self.posted_at > EDIT_WINDOW:
            minutes = EDIT_WINDOW // timedelta(minutes=1)
            raise NotEditable(f"A message can be changed for {minutes} minutes after it was posted.")
