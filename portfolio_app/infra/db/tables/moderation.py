"""The queue, mutes and bans, reports, and the audit trail."""

from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import Column, PrimaryKeyConstraint, String, text
from sqlalchemy import Index as SqlIndex
from sqlmodel import Field, SQLModel

from portfolio_app.infra.db.tables.schema import SERIAL
from portfolio_app.infra.db.times import UtcDateTime

OPEN: Final = text("settled_at IS NULL")
TEXTS: Final = text("detail <> ''")
DECIDED: Final = text("action IN ('message.approved', 'message.removed', 'message.kept')")
"""The rows of partial indexes: reports that nobody has settled, and lines of the audit trail that hold a text or a
decision.

A query has to say it in the same words for the database to use the index.
"""


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

    id: int | None = Field(default=None, sa_column=Column(SERIAL, primary_key=True))
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str
    request_id: str
    # Without a default of its own, so that the lines of a group commit need not carry it.
    detail: str = Field(sa_column=Column(String, nullable=False, server_default=text("''")))
