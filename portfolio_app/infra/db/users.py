"""Accounts and credentials in SQL."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.users import CredentialRepository, UserRepository, WrongPasswords
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.infra.db.sessions import upsert_for
from portfolio_app.infra.db.tables import STAFF, CredentialRow, UserRow, WrongPasswordsRow, table_of

_WRONG: Final = table_of(WrongPasswordsRow)


class SqlUsers(UserRepository):
    """Implements `UserRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, user_id: int) -> User | None:
        """The user, or None."""
        return _user(self._session.exec(select(UserRow).where(UserRow.id == user_id)).first())

    def by_username(self, username: Username) -> User | None:
        """The user with that name, or None."""
        return _user(self._session.exec(select(UserRow).where(UserRow.username == str(username))).first())

    def by_email(self, email: Email) -> User | None:
        """The user with that address, or None."""
        return _user(self._session.exec(select(UserRow).where(UserRow.email == str(email))).first())

    def staff(self, limit: int) -> list[User]:
        """Along an index that holds nobody else."""
        rows = self._session.exec(select(UserRow).where(STAFF).order_by(col(UserRow.id)).limit(limit))
        return [found for row in rows if (found := _user(row))]

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

    def _change(self, user_id: int, **columns: object) -> None:
        statement = update(UserRow).where(col(UserRow.id) == user_id).values(columns)
        self._session.execute(statement.execution_options(synchronize_session=False))


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


def _user(row: UserRow | None) -> User | None:
    if row is None:
        return None
    disabled = row.disabled_at is not None
    return User(
        _stored_id(row), Username(row.username), Email(row.email), Role(row.role), row.created_at, disabled
    )


def _stored_id(row: UserRow) -> int:
    if row.id is None:
        raise LookupError("the user was not stored")
    return row.id
