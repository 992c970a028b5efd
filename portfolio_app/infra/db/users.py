"""Accounts in SQL."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, Row, bindparam, delete, update
from sqlalchemy import select as select_rows
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.users import Departed, FormerName, UserRepository
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.infra.db.tables import (
    LEAVING,
    STAFF,
    CredentialRow,
    FormerNameRow,
    PasskeyRow,
    RecoveryCodeRow,
    SessionRow,
    UserRow,
    WrongPasswordsRow,
    table_of,
)

_users: Final = table_of(UserRow)
_sessions: Final = table_of(SessionRow)
_LOCKED: Final = select_rows(_users.c.id).with_for_update(key_share=True)
"""Rows that refer to an account are stored while it is locked so."""
_OF_STAFF: Final = (
    select_rows(_users)
    .where(STAFF)
    .order_by(_users.c.role.desc(), _users.c.id.desc())
    .limit(bindparam("most"))
)
_OPENS: Final = (CredentialRow, WrongPasswordsRow, RecoveryCodeRow, PasskeyRow, FormerNameRow)
"""Tables whose rows refer to an account and go with it."""


class SqlUsers(UserRepository):
    """Implements `UserRepository`."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def lock(self, user_id: int) -> None:
        """On the row; SQLite begins a transaction anew that another one has overtaken."""
        self._session.execute(_LOCKED.where(_users.c.id == user_id))

    def lock_of(self, session_id: str) -> None:
        """See the port."""
        own = select_rows(_sessions.c.user_id).where(_sessions.c.id == session_id)
        self._session.execute(_LOCKED.where(_users.c.id == own.scalar_subquery()))

    def get(self, user_id: int) -> User | None:
        """The user, or None."""
        return self._user(self._session.exec(select(UserRow).where(UserRow.id == user_id)).first())

    def by_username(self, username: Username) -> User | None:
        """The user with that name, or None."""
        return self._user(
            self._session.exec(select(UserRow).where(UserRow.username == str(username))).first()
        )

    def by_email(self, email: Email) -> User | None:
        """By the unique column."""
        return self._user(self._session.exec(select(UserRow).where(UserRow.email == str(email))).first())

    def newest_with(self, email: Email) -> User | None:
        """By an index."""
        having = select(UserRow).where(UserRow.unconfirmed_email == str(email))
        return self._user(self._session.exec(having.order_by(col(UserRow.id).desc()).limit(1)).first())

    def staff(self, limit: int) -> list[User]:
        """Along an index that holds nobody else, in its order: in that of ids SQLite would walk through everybody."""
        rows = self._session.execute(_OF_STAFF, {"most": limit})
        return [found for row in rows if (found := self._user(row))]

    def add(self, user: User) -> User:
        """Insert; the unique columns decide between two who ask at once."""
        row = UserRow(
            username=str(user.username),
            email=str(user.email) if user.holds_email else _no_address(),
            unconfirmed_email=None if user.holds_email else str(user.email),
            role=user.role.value,
            created_at=user.created_at,
        )
        self._session.add(row)
        self._flush()
        return replace(user, id=_stored_id(row))

    def rename(self, user_id: int, name: Username, at: datetime) -> None:
        """The unique column decides between two who ask at once."""
        row = self._session.exec(select(UserRow).where(UserRow.id == user_id).with_for_update()).one()
        # That of the earlier name is somebody's who gave it up so long ago that it could be taken since.
        gone = delete(FormerNameRow).where(col(FormerNameRow.name).in_((str(name), row.username)))
        self._session.execute(gone.execution_options(synchronize_session=False))
        self._session.add(FormerNameRow(name=row.username, user_id=user_id, since=at))
        row.username = str(name)
        self._flush()

    def set_email(self, user_id: int, email: Email) -> None:
        """Write it."""
        self._change(user_id, email=_no_address(), unconfirmed_email=str(email))

    def hold_email(self, user_id: int) -> None:
        """The unique column decides between two who ask at once."""
        row = self._session.exec(select(UserRow).where(UserRow.id == user_id)).one()
        row.email, row.unconfirmed_email = row.unconfirmed_email or row.email, None
        self._flush()

    def release_email(self, user_id: int) -> None:
        """Write the address where it is unique no more."""
        row = self._session.exec(select(UserRow).where(UserRow.id == user_id)).one()
        row.email, row.unconfirmed_email = _no_address(), row.unconfirmed_email or row.email
        self._flush()

    def former_names(self, user_id: int) -> list[FormerName]:
        """By an index."""
        own = select(FormerNameRow).where(FormerNameRow.user_id == user_id)
        return [_former(row) for row in self._session.exec(own.order_by(col(FormerNameRow.since).desc()))]

    def formerly(self, name: Username, after: datetime) -> User | None:
        """By the primary key."""
        kept = select(FormerNameRow).where(FormerNameRow.name == str(name), col(FormerNameRow.since) > after)
        row = self._session.exec(kept).first()
        return self.get(row.user_id) if row else None

    def unfollowed(self, before: datetime, limit: int) -> list[FormerName]:
        """The table is small: a name is given up once a month at most, and kept for three."""
        waiting = select(FormerNameRow).where(
            col(FormerNameRow.followed).is_(False), col(FormerNameRow.since) < before
        )
        rows = self._session.exec(waiting.order_by(col(FormerNameRow.since)).limit(limit))
        return [_former(row) for row in rows]

    def followed(self, name: Username) -> None:
        """Write it."""
        done = update(FormerNameRow).where(col(FormerNameRow.name) == str(name)).values(followed=True)
        self._session.execute(done.execution_options(synchronize_session=False))

    def purge_names(self, before: datetime, at_most: int) -> int:
        """From an index of the times."""
        oldest = select(FormerNameRow.name).where(col(FormerNameRow.since) < before).limit(at_most)
        names = list(self._session.exec(oldest))
        gone = delete(FormerNameRow).where(col(FormerNameRow.name).in_(names))
        self._session.execute(gone.execution_options(synchronize_session=False))
        return len(names)

    def set_role(self, user_id: int, role: Role) -> None:
        """Write the role."""
        self._change(user_id, role=role.value)

    def disable(self, user_id: int, at: datetime | None) -> None:
        """Write the time, or none."""
        self._change(user_id, disabled_at=at)

    def leave(self, user_id: int, gone_at: datetime, *, takes_messages: bool) -> None:
        """Write both."""
        self._change(user_id, gone_at=gone_at, takes_messages=takes_messages)

    def stay(self, user_id: int) -> bool:
        """Clear them."""
        is_leaving = update(UserRow).where(col(UserRow.id) == user_id, LEAVING)
        result: CursorResult[Any] = self._session.execute(  # type: ignore[assignment]  # an UPDATE has this kind
            is_leaving.values(gone_at=None, takes_messages=False).execution_options(synchronize_session=False)
        )
        return result.rowcount == 1

    def departed(self, before: datetime) -> Departed | None:
        """From an index that holds nobody else."""
        first = select(UserRow).where(LEAVING, col(UserRow.gone_at) < before).order_by(col(UserRow.gone_at))
        row = self._session.exec(first.limit(1)).first()
        user = self._user(row)
        return Departed(user, row.takes_messages) if row and user else None

    def delete(self, user_id: int) -> None:
        """Delete what opens it, then the row."""
        for kind in _OPENS:
            own = delete(kind).where(col(kind.user_id) == user_id)
            self._session.execute(own.execution_options(synchronize_session=False))
        gone = delete(UserRow).where(col(UserRow.id) == user_id, LEAVING)
        self._session.execute(gone.execution_options(synchronize_session=False))

    def _flush(self) -> None:
        try:
            self._session.flush()
        except IntegrityError as error:
            raise AlreadyTaken from error

    def _change(self, user_id: int, **columns: object) -> None:
        statement = update(UserRow).where(col(UserRow.id) == user_id).values(columns)
        self._session.execute(statement.execution_options(synchronize_session=False))

    def _user(self, row: UserRow | Row[Any] | None) -> User | None:
        if row is None:
            return None
        is_gone = row.gone_at is not None and row.gone_at <= self._clock()
        return User(
            _stored_id(row),
            Username.stored(row.username),
            Email.stored(row.unconfirmed_email or row.email),
            Role.stored(row.role),
            row.created_at,
            row.disabled_at is not None or is_gone,
            row.gone_at,
            row.unconfirmed_email is None,
        )


def _no_address() -> str:
    return f"{secrets.token_hex(16)}@unconfirmed.invalid"


def _former(row: FormerNameRow) -> FormerName:
    return FormerName(Username.stored(row.name), row.user_id, row.since)


def _stored_id(row: UserRow | Row[Any]) -> int:
    stored: int | None = row.id
    if stored is None:
        raise LookupError("the user was not stored")
    return stored
