"""Password hashes, and how often somebody failed to guess one, in SQL."""

import hashlib
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from portfolio_app.app.ports.users import CredentialRepository, WrongPasswords
from portfolio_app.domain.account.user import Email
from portfolio_app.infra.db.sessions import upsert_for
from portfolio_app.infra.db.tables import (
    CredentialRow,
    PasswordSaltRow,
    UserRow,
    WrongPasswordsRow,
    table_of,
)

_WRONG: Final = table_of(WrongPasswordsRow)
_SALT_BYTES: Final = 16


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

    def replace(self, user_id: int, former: str, password_hash: str) -> bool:
        """In one statement, which waits for a change under way."""
        stored = (
            col(CredentialRow.user_id) == user_id,
            col(CredentialRow.password_hash).in_((former, password_hash)),
        )
        statement = update(CredentialRow).where(*stored).values(password_hash=password_hash)
        result: CursorResult[Any] = self._session.execute(  # type: ignore[assignment]  # an UPDATE has this kind
            statement.execution_options(synchronize_session=False)
        )
        return result.rowcount == 1

    def salt(self, email: Email) -> bytes:
        """Derived, so that an address has one before anybody has it, and afterwards."""
        of_site = self._session.exec(select(PasswordSaltRow.salt)).one()
        return hashlib.sha256(f"{of_site} {email}".encode()).digest()[:_SALT_BYTES]

    def owner(self, email: Email, password_hash: str) -> int | None:
        """By an index of the hashes: however many have the address, it takes the same time."""
        own = select(CredentialRow.user_id).where(CredentialRow.password_hash == password_hash)
        having = own.join(UserRow).where(UserRow.unconfirmed_email == str(email))
        return self._session.exec(having.order_by(col(UserRow.id).desc()).limit(1)).first()

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
