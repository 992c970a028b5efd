"""The journal: new messages are written here, many at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portfolio_app.domain.chat.message import ClientMessageId, Message, MessageBody
from portfolio_app.domain.chat.moderation import Verdict
from portfolio_app.domain.chat.room import RoomSlug


@dataclass(frozen=True, slots=True)
class Draft:
    """A judged message on its way into the room, maybe an answer. `guest` ignores the account behind the session.

    `written_as` is the `Author.label` under which it was written, empty where nobody knows.
    """

    room: RoomSlug
    client_id: ClientMessageId
    session_id: str
    body: MessageBody
    verdict: Verdict
    posted_at: datetime
    request_id: str
    guest: bool = False
    reply_to: str | None = None
    written_as: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """The stored message; `repeated` when this client id had been stored before with the same body."""

    message: Message
    repeated: bool


class MessageJournal(Protocol):
    """Writes messages durably, in order, without gaps in the room's revisions."""

    async def append(self, draft: Draft) -> Stored:
        """Store message, queue entry (if held) and audit line in one transaction, then publish them.

        Several drafts may share the transaction; each caller gets its own answer after the commit.
        A session that was never stored is stored with its first message. Raises `NotFound` (room, or message that is
        answered), `SessionEnded`, `Muted`, `SlowMode` (moderators go free), `Conflict` (same client id, another body),
        `WrittenAsAnother` (than the author that it would have) and `Unavailable`. What was stored before is confirmed
        and what is withdrawn is taken, whoever is muted.
        """
        ...
