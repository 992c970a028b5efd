"""Members, what opens their accounts, sessions, and the log of account safety."""

from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, false, text
from sqlalchemy import Index as SqlIndex
from sqlmodel import Field, SQLModel

from portfolio_app.infra.db.tables.schema import SERIAL
from portfolio_app.infra.db.times import UtcDateTime

STAFF: Final = text("role <> 'member'")
LEAVING: Final = text("gone_at IS NOT NULL")
"""The rows of partial indexes: users who are more than members, and users who are leaving.

A query has to say it in the same words for the database to use the index.
"""


class UserRow(SQLModel, table=True):
    """A registered person."""

    __tablename__: ClassVar[str] = "users"
    __table_args__ = (
        SqlIndex("ix_users_staff", "role", sqlite_where=STAFF, postgresql_where=STAFF),
        SqlIndex("ix_users_leaving", "gone_at", sqlite_where=LEAVING, postgresql_where=LEAVING),
    )

    id: int | None = Field(default=None, sa_column=Column(SERIAL, primary_key=True))
    username: str = Field(unique=True)
    email: str = Field(unique=True)
    """The address that the account holds; one of no host, and never shown, where it holds none."""
    unconfirmed_email: str | None = Field(default=None, index=True)
    role: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    takes_messages: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class CredentialRow(SQLModel, table=True):
    """A password hash, apart from the user, so that no query for users can carry it along."""

    __tablename__: ClassVar[str] = "credentials"

    user_id: int = Field(primary_key=True, foreign_key="users.id", sa_type=BigInteger)
    password_hash: str = Field(index=True)


class PasswordSaltRow(SQLModel, table=True):
    """The random value, one of the whole site, that makes the salt of each address unforeseeable."""

    __tablename__: ClassVar[str] = "password_salt"

    salt: str = Field(primary_key=True)


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
    """A challenge: what a device is to sign for a session, once."""

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
    replaced: bool | None = Field(default=None)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    device: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class SecurityRow(SQLModel, table=True):
    """A line of the log of account safety. `user_id` is no foreign key: lines are purged by age, not with accounts."""

    __tablename__: ClassVar[str] = "security_log"
    __table_args__ = (SqlIndex(None, "user_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(SERIAL, primary_key=True))
    at: datetime = Field(sa_type=UtcDateTime)
    user_id: int | None = Field(default=None, sa_type=BigInteger)
    event: str
    network: str
    request_id: str
    detail: str
