"""The statements of a group commit: a fixed handful, however many drafts share it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, String, bindparam, cast, insert, literal, select, update

from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.journal import Draft
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.chat.message import Author, Message, MessageStatus, member_key
from portfolio_app.domain.chat.mute import Mute
from portfolio_app.infra.db.audit import audit_values
from portfolio_app.infra.db.authored import message_of
from portfolio_app.infra.db.mutes import mute_of
from portfolio_app.infra.db.sessions import insert_ignoring, session_values
from portfolio_app.infra.db.tables import (
    AuditRow,
    MessageRow,
    MuteRow,
    QueueRow,
    RoomRow,
    SessionRow,
    UserRow,
    table_of,
)
from portfolio_app.infra.db.times import UtcDateTime
from portfolio_app.infra.db.timings import TimedConnection

_users, _sessions, _rooms = table_of(UserRow), table_of(SessionRow), table_of(RoomRow)
_messages, _queue, _audit = table_of(MessageRow), table_of(QueueRow), table_of(AuditRow)

_mutes, _MEMBER = table_of(MuteRow), literal(member_key(""))

_ACCOUNTS: Final = (
    select(
        _sessions.c.id,
        _sessions.c.user_id,
        _sessions.c.expires_at,
        _sessions.c.revoked_at,
        _users.c.username,
        _users.c.role,
        *_mutes.c,
    )
    .select_from(
        # A muted author has written something, so the session is stored: mutes need no statement of their own.
        _sessions.outerjoin(_users, _users.c.id == _sessions.c.user_id).outerjoin(
            _mutes, _mutes.c.author.in_([_sessions.c.id, _MEMBER + cast(_sessions.c.user_id, String)])
        )
    )
    .where(_sessions.c.id.in_(bindparam("ids", expanding=True)))
)
_EXISTING_ROOMS: Final = select(_rooms.c.slug, _rooms.c.archived, _rooms.c.slow_s).where(
    _rooms.c.slug.in_(bindparam("slugs", expanding=True))
)
_LOCK_ROOM: Final = (
    select(_rooms.c.slug).where(_rooms.c.slug == bindparam("room")).with_for_update(key_share=True)
)
_STORED: Final = select(_messages).where(_messages.c.id.in_(bindparam("ids", expanding=True)))
_ROOMS_OF: Final = select(_messages.c.id, _messages.c.room).where(
    _messages.c.id.in_(bindparam("ids", expanding=True)), _messages.c.position > 0
)
_LAST_POSTS: Final = select(
    _messages.c.room, _messages.c.session_id, _messages.c.user_id, _messages.c.posted_at
).where(
    _messages.c.room.in_(bindparam("rooms", expanding=True)),
    _messages.c.session_id.in_(bindparam("sessions", expanding=True))
    | _messages.c.user_id.in_(bindparam("users", expanding=True)),
    _messages.c.posted_at.between(
        bindparam("since", type_=UtcDateTime()), bindparam("until", type_=UtcDateTime())
    ),
    _messages.c.body != "",  # withdrawn before it was there
)
_TAKE_REVISIONS: Final = (
    update(_rooms)
    .where(_rooms.c.slug == bindparam("room"))
    .values(revision=_rooms.c.revision + bindparam("count"))
    .returning(_rooms.c.revision)
)
_ADD_MESSAGES: Final = insert(_messages)
_ADD_QUEUE: Final = insert(_queue)
_ADD_AUDIT: Final = insert(_audit).inline()


@dataclass(frozen=True, slots=True)
class Place:
    """The room of a post, as far as a post has to know it."""

    archived: bool
    slow_s: int


@dataclass(frozen=True, slots=True)
class Account:
    """A stored session and the user behind it, if any."""

    user_id: int | None
    username: str | None
    expires_at: datetime
    revoked_at: datetime | None
    role: str | None = None
    mutes: tuple[Mute, ...] = ()

    def has_ended(self, now: datetime) -> bool:
        """Whether the session was revoked or has expired."""
        return self.revoked_at is not None or now >= self.expires_at

    def muted(self, now: datetime) -> Mute | None:
        """The mute that keeps its posts out, if any."""
        return next((mute for mute in self.mutes if mute.holds(now)), None)


@dataclass(frozen=True, slots=True)
class BatchSql:
    """Runs the statements of one batch."""

    connection: TimedConnection

    def accounts(self, session_ids: Iterable[str]) -> dict[str, Account]:
        """Stored sessions by id."""
        found: dict[str, Account] = {}
        # A session comes twice where it and its member are muted.
        for row in self.connection.execute(_ACCOUNTS, {"ids": list(session_ids)}):
            mutes = (*found[row.id].mutes, mute_of(row)) if row.id in found else _mutes_of(row)
            found[row.id] = Account(
                row.user_id, row.username, row.expires_at, row.revoked_at, row.role, mutes
            )
        return found

    def existing_rooms(self, slugs: Iterable[str]) -> dict[str, Place]:
        """The places of those `slugs` that are rooms."""
        found = self.connection.execute(_EXISTING_ROOMS, {"slugs": list(slugs)})
        return {row.slug: Place(row.archived, row.slow_s) for row in found}

    def lock_rooms(self, slugs: Iterable[str]) -> None:
        """Wait until nobody else writes into these rooms, and let nobody until the commit."""
        for room in sorted(slugs):  # in the order in which revisions are taken
            self.connection.execute(_LOCK_ROOM, {"room": room})

    def last_posts(
        self,
        rooms: Iterable[str],
        session_ids: Iterable[str],
        user_ids: Iterable[int],
        within: tuple[datetime, datetime],
    ) -> dict[tuple[str, str], datetime]:
        """When each of these guests and members posted last within two times, by room and `Author.key`."""
        since, until = within
        asked = {
            "rooms": list(rooms),
            "sessions": list(session_ids),
            "users": list(user_ids),
            "since": since,
            "until": until,
        }
        last: dict[tuple[str, str], datetime] = {}
        for row in self.connection.execute(_LAST_POSTS, asked):
            key = row.room, row.session_id if row.user_id is None else member_key(row.user_id)
            last[key] = max(row.posted_at, last.get(key, row.posted_at))
        return last

    def stored(self, message_ids: Iterable[str]) -> list[Message]:
        """The messages with these ids that are stored already."""
        return [message_of(row) for row in self.connection.execute(_STORED, {"ids": list(message_ids)})]

    def rooms_of(self, message_ids: Collection[str]) -> dict[str, str]:
        """The room of each message that has been shown; nothing is asked where no draft answers one."""
        if not message_ids:
            return {}
        return {row.id: row.room for row in self.connection.execute(_ROOMS_OF, {"ids": list(message_ids)})}

    def add_sessions(self, session_ids: Iterable[str], now: datetime) -> None:
        """Store guests' sessions with their first message."""
        values = [session_values(Session.start(session_id, now)) for session_id in session_ids]
        if values:
            statement = insert_ignoring(self.connection.connection.dialect.name)
            self.connection.execute(statement, values)

    def take_revisions(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Add to each room's revision and return the new ones; holds the rooms until the commit."""
        taken = {}
        for room in sorted(counts):  # in one order everywhere, or two writers could wait for each other
            (row,) = self.connection.execute(_TAKE_REVISIONS, {"room": room, "count": counts[room]})
            taken[room] = row.revision
        return taken

    def add_messages(self, written: Sequence[tuple[Message, Draft]]) -> None:
        """Store messages, the queue entries of held ones, and an audit line each."""
        self.connection.execute(_ADD_MESSAGES, [_message_values(message) for message, _ in written])
        held = [
            _queue_values(message, draft)
            for message, draft in written
            if message.status is MessageStatus.PENDING
        ]
        if held:
            self.connection.execute(_ADD_QUEUE, held)
        self.connection.execute(
            _ADD_AUDIT, [audit_values(_audit_entry(message, draft)) for message, draft in written]
        )


def _mutes_of(row: Row[Any]) -> tuple[Mute, ...]:
    return () if row.author is None else (mute_of(row),)


def _message_values(message: Message) -> dict[str, object]:
    author = message.author
    return {
        "id": message.id,
        "room": message.room.value,
        "client_id": message.client_id.value,
        "session_id": author.session_id,
        "user_id": author.user_id,
        "author_name": author.name,
        "author_tag": author.tag,
        "body": message.body.value,
        "status": message.status.value,
        "posted_at": message.posted_at,
        "revision": message.revision,
        "position": message.position,
        "approved_at": message.approved_at,
        "reply_to": message.reply_to,
    }


def _queue_values(message: Message, draft: Draft) -> dict[str, object]:
    reasons = " ".join(draft.verdict.reasons)
    return {"message_id": message.id, "reasons": reasons, "queued_at": message.posted_at}


_WRITTEN: Final = {
    MessageStatus.VISIBLE: Action.POSTED,
    MessageStatus.PENDING: Action.HELD,
    MessageStatus.REMOVED: Action.WITHDRAWN,
}


def _audit_entry(message: Message, draft: Draft) -> AuditEntry:
    return AuditEntry(
        message.posted_at, _actor(message.author), _WRITTEN[message.status], message.id, draft.request_id
    )


def _actor(author: Author) -> str:
    return f"{author.name}#{author.tag}" if author.tag else author.name
