"""Values that tests are made of."""

import hashlib
import itertools
from datetime import UTC, datetime

from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.journal import Draft
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.domain.chat.message import Author, ClientMessageId, Message, MessageBody, MessageStatus
from portfolio_app.domain.chat.moderation import Reason, Verdict
from portfolio_app.domain.chat.room import RoomSlug

LOBBY = RoomSlug("lobby")
_numbers = itertools.count(1)


def session_id(name: str) -> str:
    """The public session id of a visitor called `name`."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def caller(name: str = "ann", *, trusted: bool = True) -> Caller:
    """A request of that visitor."""
    return Caller(session_id(name), "203.0.113.7", f"request-of-{name}", trusted)


def draft(
    clock: Clock,
    body: str = "hello",
    *,
    by: str = "ann",
    client_id: str | None = None,
    room: RoomSlug = LOBBY,
    held: bool = False,
    guest: bool = False,
    request_id: str = "request",
    reply_to: str | None = None,
    written_as: str = "",
) -> Draft:
    """A judged message; each has a client id of its own unless given."""
    return Draft(
        room=room,
        client_id=ClientMessageId(client_id or f"client-{next(_numbers):06d}"),
        session_id=session_id(by),
        body=MessageBody(body),
        verdict=Verdict((Reason.LINK, Reason.WORD)) if held else Verdict(),
        posted_at=clock(),
        request_id=request_id,
        guest=guest,
        reply_to=reply_to,
        written_as=written_as,
    )


def message(body: str = "hello", *, message_id: str = "m1", by: str = "ann") -> Message:
    """The visible message that a guest posted first."""
    return Message(
        message_id,
        LOBBY,
        ClientMessageId("client-id"),
        Author("guest", by[:4], session_id(by), None),
        MessageBody.parse(body),
        MessageStatus.VISIBLE,
        datetime(2026, 1, 1, tzinfo=UTC),
        revision=1,
        position=1,
    )


def user(clock: Clock, name: str = "ann-1", role: Role = Role.MEMBER) -> User:
    """A user not stored yet."""
    return User(0, Username(name), Email(f"{name}@example.org"), role, clock())
