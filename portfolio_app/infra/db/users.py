"""Accounts and credentials in SQL."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.users import CredentialRepository, Departed, UserRepository, WrongPasswords
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.infra.db.sessions import upsert_for
from portfolio_app.infra.db.tables import (
    LEAVING,
    STAFF,
    CredentialRow,
    PasskeyRow,
    RecoveryCodeRow,
    UserRow,
    WrongPasswordsRow,
    table_of,
)

_WRONG: Final = table_of(WrongPasswordsRow)
_OPENS: Final = (CredentialRow, WrongPasswordsRow, RecoveryCodeRow, PasskeyRow)
"""What refers to an account and goes with it."""


class SqlUsers(UserRepository):
    """Implements `UserRepository`."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def get(self, user_id: int) -> User | None:
        """The user, or None."""
        return self._user(self._session.exec(select(UserRow).where(UserRow.id == user_id)).first())

    def by_username(self, username: Username) -> User | None:
        """The user with that name, or None."""
        return self._user(
            self._session.exec(select(UserRow).where(UserRow.username == str(username))).first()
        )

    def by_email(self, email: Email) -> User | None:
        """The user with that address, or None."""
        return self._user(self._session.exec(select(UserRow).where(UserRow.email == str(email))).first())

    def staff(self, limit: int) -> list[User]:
        """Along an index that holds nobody else, in its order: in that of ids SQLite would walk through everybody."""
        order = col(UserRow.role).desc(), col(UserRow.id).desc()
        rows = self._session.exec(select(UserRow).where(STAFF).order_by(*order).limit(limit))
        return [found for row in rows if (found := self._user(row))]

    def add(self, user: User) -> User:
        """Insert; the unique columns decide between two who ask at once."""
        row = UserRow(
            username=str(user.username),
            email=str(user.email),
            role=user.role.value,
            created_at=user.created_at,
        )
        self._session.add(row)
        try:
            self._session.flush()
        except IntegrityError as error:
            raise AlreadyTaken from error
        return replace(user, id=_stored_id(row))

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

    def _change(self, user_id: int, **columns: object) -> None:
        statement = update(UserRow).where(col(UserRow.id) == user_id).values(columns)
        self._session.execute(statement.execution_options(synchronize_session=False))

    def _user(self, row: UserRow | None) -> User | None:
        if row is None:
            return None
        is_gone = row.gone_at is not None and row.gone_at <= self._clock()
        return User(
            _stored_id(row),
            Username(row.username),
            Email(row.email),
            Role(row.role),
            row.created_at,
            row.disabled_at is not None or is_gone,
            row.gone_at,
        )


class SqlCredentials(CredentialRepository):
    """Implements `CredentialRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, user_id: int) -> str | None:
        """The stored hash, or None."""
        row = self._session.get(CredentialRow, user_id)
        return row.password_hash if row else None

    def put(self, user_id: int, password_hash: str) -> None:
        """Store or replace."""
        self._session.merge(CredentialRow(user_id=user_id, password_hash=password_hash))

    def refused(self, user_id: int, at: datetime) -> None:
        """Insert or count on, in one statement: guesses come from many sides at once."""
        insert = upsert_for(self._session.get_bind().dialect.name)(_WRONG)
        statement = insert.values(user_id=user_id, counted=1, shown=0, last_at=at).on_conflict_do_update(
            index_elements=[_WRONG.c.user_id], set_={"counted": _WRONG.c.counted + 1, "last_at": at}
        )
        self._session.execute(statement)

    def signed_in(self, user_id: int) -> WrongPasswords | None:
        """Move what was counted to what is shown."""
        statement = update(_WRONG).where(_WRONG.c.user_id == user_id, _WRONG.c.counted + _WRONG.c.shown > 0)
        self._session.execute(statement.values(shown=_WRONG.c.counted, counted=0))
        return self.wrong_passwords(user_id)

    def wrong_passwords(self, user_id: int) -> WrongPasswords | None:
        """Read what is shown."""
        row = self._session.get(WrongPasswordsRow, user_id)
        return WrongPasswords(row.shown, row.last_at) if row and row.shown else None


def _stored_id(row: UserRow) -> int:
    if row.id is None:
        raise LookupError("the user was not stored")
    return row.id
