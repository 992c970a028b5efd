"""Accounts and credentials in SQL."""

from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.users import CredentialRepository, UserRepository
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.infra.db.tables import CredentialRow, UserRow


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
        statement = update(UserRow).where(col(UserRow.id) == user_id).values(role=role.value)
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


def _user(row: UserRow | None) -> User | None:
    if row is None:
        return None
    return User(_stored_id(row), Username(row.username), Email(row.email), Role(row.role), row.created_at)


def _stored_id(row: UserRow) -> int:
    if row.id is None:
        raise LookupError("the user was not stored")
    return row.id
