"""Rooms, messages and reactions, and how far each reader has seen a room."""

from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import BigInteger, PrimaryKeyConstraint, UniqueConstraint, false, text
from sqlalchemy import Index as SqlIndex
from sqlmodel import Field, SQLModel

from portfolio_app.infra.db.tables.schema import REVISION
from portfolio_app.infra.db.times import UtcDateTime

SHOWN: Final = text("status = 'visible'")
PLACED: Final = text("(status = 'visible' OR stub)")
HELD: Final = text("status = 'pending'")
ANSWERS: Final = text("reply_to IS NOT NULL")
OF_MEMBERS: Final = text("user_id IS NOT NULL")
OWNED: Final = text("user_id IS NOT NULL AND body <> ''")
HIDDEN: Final = text("status <> 'visible' AND body <> ''")
"""The rows of partial indexes: shown messages, those that have a place in a room (stubs, too), those that wait for a
moderator, answers, what members wrote, members' messages with a text, and texts of messages that are not shown.

A query has to say it in the same words for the database to use the index.
"""


class RoomRow(SQLModel, table=True):
    """A room; its revision is taken by an update that holds the row until the commit."""

    __tablename__: ClassVar[str] = "rooms"

    slug: str = Field(primary_key=True)
    title: str
    position: int = 0
    revision: int = Field(default=0, sa_type=REVISION)
    archived: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    slow_s: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class SeenRow(SQLModel, table=True):
    """The revision up to which a reader, a member or a guest's session, has seen a room."""

    __tablename__: ClassVar[str] = "seen"
    __table_args__ = (PrimaryKeyConstraint("reader", "room"),)

    reader: str
    room: str = Field(foreign_key="rooms.slug")
    revision: int = Field(sa_type=REVISION)


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
    revision: int = Field(default=0, sa_type=REVISION)
    position: int = Field(default=0, sa_type=REVISION, sa_column_kwargs={"server_default": "0"})
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
