"""The rows, as both databases hold them; Alembic revisions and these must agree (a test compares them)."""

from datetime import date, datetime
from typing import ClassVar, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy import Index as SqlIndex
from sqlmodel import Field, SQLModel

from portfolio_app.infra.db.times import UtcDateTime

# SQLite numbers rows by itself only where the key is a plain INTEGER.
_SERIAL = BigInteger().with_variant(Integer(), "sqlite")
_REVISION = BigInteger().with_variant(Integer(), "sqlite")
SHOWN: Final = text("status = 'visible'")
PLACED: Final = text("(status = 'visible' OR stub)")
HELD: Final = text("status = 'pending'")
ANSWERS: Final = text("reply_to IS NOT NULL")
OF_MEMBERS: Final = text("user_id IS NOT NULL")
STAFF: Final = text("role <> 'member'")
OPEN: Final = text("settled_at IS NULL")
LEAVING: Final = text("gone_at IS NOT NULL")
OWNED: Final = text("user_id IS NOT NULL AND body <> ''")
HIDDEN: Final = text("status <> 'visible' AND body <> ''")
TEXTS: Final = text("detail <> ''")
DECIDED: Final = text("action IN ('message.approved', 'message.removed', 'message.kept')")
"""The rows of partial indexes: those that pages of a room are read from, those that wait for a moderator, what members
wrote, users who are more than members, users who are leaving, reports that nobody has settled, members' messages with
a text, texts that nobody is shown, lines of the audit trail that hold a text or a decision, and answers. The first has
stubs, too.

A query has to say it in the same words for the database to use the index.
"""

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UserRow(SQLModel, table=True):
    """A registered person."""

    __tablename__: ClassVar[str] = "users"
    __table_args__ = (
        SqlIndex("ix_users_staff", "role", sqlite_where=STAFF, postgresql_where=STAFF),
        SqlIndex("ix_users_leaving", "gone_at", sqlite_where=LEAVING, postgresql_where=LEAVING),
    )

    id: int | None = Field(default=None, sa_column=Column(_SERIAL, primary_key=True))
    username: str = Field(unique=True)
    email: str = Field(unique=True)
    role: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    takes_messages: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class CredentialRow(SQLModel, table=True):
    """A password hash, apart from the user, so that no query for users can carry it along."""

    __tablename__: ClassVar[str] = "credentials"

    user_id: int = Field(primary_key=True, foreign_key="users.id", sa_type=BigInteger)
    password_hash: str


class FormerNameRow(SQLModel, table=True):
    """A name that a member gave up at `since`; `followed` once messages and audit trail have the new one."""

    __tablename__: ClassVar[str] = "former_names"

    name: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="users.id", sa_type=BigInteger, index=True, ondelete="CASCADE")
    since: datetime = Field(sa_type=UtcDateTime, index=True)
    followed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class WrongPasswordsRow(SQLModel, table=True):
    """Wrong passwords for an account: `counted` since its last sign-in, `shown` until then."""

    __tablename__: ClassVar[str] = "wrong_passwords"

    user_id: int = Field(primary_key=True, foreign_key="users.id", sa_type=BigInteger)
    counted: int
    shown: int
    last_at: datetime = Field(sa_type=UtcDateTime)


class RecoveryCodeRow(SQLModel, table=True):
    """The hash of a code that opens an account without its password; one of a reset link expires."""

    __tablename__: ClassVar[str] = "recovery_codes"

    code_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="users.id", sa_type=BigInteger, index=True)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PasskeyRow(SQLModel, table=True):
    """The public half of a passkey; `count` is what its device counted last."""

    __tablename__: ClassVar[str] = "passkeys"

    id: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="users.id", sa_type=BigInteger, index=True)
    name: str
    public_key: bytes
    count: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ChallengeRow(SQLModel, table=True):
    """What a device is to sign for a session, once."""

    __tablename__: ClassVar[str] = "passkey_challenges"
    __table_args__ = (PrimaryKeyConstraint("session_id", "purpose"),)

    session_id: str
    purpose: str
    challenge: str
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class SessionRow(SQLModel, table=True):
    """A visitor session; `id` is one way from the secret in the cookie."""

    __tablename__: ClassVar[str] = "sessions"

    id: str = Field(primary_key=True)
    user_id: int | None = Field(default=None, foreign_key="users.id", sa_type=BigInteger, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    device: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class RoomRow(SQLModel, table=True):
    """A room; its revision is taken by an update that holds the row until the commit."""

    __tablename__: ClassVar[str] = "rooms"

    slug: str = Field(primary_key=True)
    title: str
    position: int = 0
    revision: int = Field(default=0, sa_type=_REVISION)
    archived: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    slow_s: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class SeenRow(SQLModel, table=True):
    """Up to which revision a reader, a member or a guest's session, has seen a room."""

    __tablename__: ClassVar[str] = "seen"
    __table_args__ = (PrimaryKeyConstraint("reader", "room"),)

    reader: str
    room: str = Field(foreign_key="rooms.slug")
    revision: int = Field(sa_type=_REVISION)


class MessageRow(SQLModel, table=True):
    """A message. `session_id` refers to no row on purpose: messages outlive sessions."""

    __tablename__: ClassVar[str] = "messages"
    __table_args__ = (
        UniqueConstraint("session_id", "client_id"),
        SqlIndex("ix_messages_shown", "room", "position", sqlite_where=PLACED, postgresql_where=PLACED),
        SqlIndex(
            "ix_messages_held",
            "session_id",
            "room",
            "posted_at",
            "id",
            sqlite_where=HELD,
            postgresql_where=HELD,
        ),
        SqlIndex(
            "ix_messages_of_members",
            "user_id",
            "posted_at",
            sqlite_where=OF_MEMBERS,
            postgresql_where=OF_MEMBERS,
        ),
        SqlIndex(None, "room", "revision"),
        SqlIndex("ix_messages_reply_to", "reply_to", sqlite_where=ANSWERS, postgresql_where=ANSWERS),
        SqlIndex("ix_messages_owned", "user_id", "id", sqlite_where=OWNED, postgresql_where=OWNED),
        SqlIndex("ix_messages_hidden", "posted_at", sqlite_where=HIDDEN, postgresql_where=HIDDEN),
    )

    id: str = Field(primary_key=True)
    room: str = Field(foreign_key="rooms.slug")
    client_id: str
    session_id: str
    user_id: int | None = Field(default=None, foreign_key="users.id", sa_type=BigInteger)
    author_name: str
    author_tag: str
    body: str
    status: str
    posted_at: datetime = Field(sa_type=UtcDateTime)
    revision: int = Field(default=0, sa_type=_REVISION)
    position: int = Field(default=0, sa_type=_REVISION, sa_column_kwargs={"server_default": "0"})
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reply_to: str | None = None
    stub: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    reactions: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class ReactionRow(SQLModel, table=True):
    """A reaction of a reader, named as in `seen`; the message holds the counts."""

    __tablename__: ClassVar[str] = "reactions"
    __table_args__ = (
        PrimaryKeyConstraint("message_id", "reader", "sign"),
        SqlIndex("ix_reactions_reader", "reader"),
    )

    message_id: str = Field(foreign_key="messages.id", ondelete="CASCADE")
    reader: str
    sign: str


class QueueRow(SQLModel, table=True):
    """A message that waits for a moderator; `reasons` are words separated by spaces."""

    __tablename__: ClassVar[str] = "moderation_queue"

    message_id: str = Field(primary_key=True, foreign_key="messages.id")
    reasons: str
    queued_at: datetime = Field(sa_type=UtcDateTime, index=True)


class MuteRow(SQLModel, table=True):
    """An author who may not write; without `until` for good. `author` is a session's id or names a member."""

    __tablename__: ClassVar[str] = "mutes"

    author: str = Field(primary_key=True)
    handle: str = Field(unique=True)
    label: str
    moderator: str = Field(index=True)
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class HiddenRow(SQLModel, table=True):
    """A message that a ban of its author hid, so that it comes back with the ban's end."""

    __tablename__: ClassVar[str] = "hidden_messages"

    message_id: str = Field(primary_key=True)
    author: str = Field(index=True)


class ReportRow(SQLModel, table=True):
    """A visitor's report of a message; settled once a moderator has decided."""

    __tablename__: ClassVar[str] = "reports"
    __table_args__ = (
        PrimaryKeyConstraint("message_id", "reporter"),
        SqlIndex("ix_reports_open", "message_id", "at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    message_id: str
    reporter: str = Field(index=True)
    reason: str
    at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditRow(SQLModel, table=True):
    """One line of the audit trail."""

    __tablename__: ClassVar[str] = "audit"
    __table_args__ = (
        SqlIndex("ix_audit_texts", "subject", sqlite_where=TEXTS, postgresql_where=TEXTS),
        SqlIndex("ix_audit_decisions", "subject", "id", sqlite_where=DECIDED, postgresql_where=DECIDED),
    )

    id: int | None = Field(default=None, sa_column=Column(_SERIAL, primary_key=True))
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str
    request_id: str
    # Without a default of its own, so that the lines of a group commit need not carry it.
    detail: str = Field(sa_column=Column(String, nullable=False, server_default=text("''")))


class SecurityRow(SQLModel, table=True):
    """One line of the log of account safety. `user_id` refers to no row: lines outlive nobody, but are purged apart."""

    __tablename__: ClassVar[str] = "security_log"
    __table_args__ = (SqlIndex(None, "user_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(_SERIAL, primary_key=True))
    at: datetime = Field(sa_type=UtcDateTime)
    user_id: int | None = Field(default=None, sa_type=BigInteger)
    event: str
    network: str
    request_id: str
    detail: str


class RunRow(SQLModel, table=True):
    """A load burst. `active_session` is empty once it is over, so that a record names nobody."""

    __tablename__: ClassVar[str] = "runs"

    id: str = Field(primary_key=True)
    active_session: str | None = Field(default=None, unique=True)
    ticket_hash: str | None = None
    mode: str
    size: int
    workers: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    summary: str | None = None
    record: str | None = None


class BurstRow(SQLModel, table=True):
    """What one write of a burst leaves. `run` refers to no row, for a write need not look its run up."""

    __tablename__: ClassVar[str] = "burst_rows"
    __table_args__ = (PrimaryKeyConstraint("run", "n"),)

    run: str
    n: int
    request_id: str
    at: datetime = Field(sa_type=UtcDateTime)


class PageViewRow(SQLModel, table=True):
    """How often one page was opened on one day; a page is named by its route."""

    __tablename__: ClassVar[str] = "page_views"
    __table_args__ = (PrimaryKeyConstraint("day", "page"),)

    day: date
    page: str
    views: int = Field(sa_type=BigInteger)


def table_of(row: type[SQLModel]) -> Table:
    """The table of a row class, for statements that go past the session."""
    return metadata.tables[str(row.__tablename__)]
