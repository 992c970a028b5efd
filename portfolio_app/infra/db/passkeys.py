"""Passkeys and challenges in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Delete, delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.passkeys import PasskeyRepository, Purpose
from portfolio_app.domain.account.passkey import Passkey
from portfolio_app.infra.db.tables import ChallengeRow, PasskeyRow


class SqlPasskeys(PasskeyRepository):
    """Implements `PasskeyRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, passkey: Passkey) -> None:
        """Insert; the primary key decides."""
        values = {name: getattr(passkey, name) for name in _COLUMNS}
        self._session.add(PasskeyRow(**values))
        try:
            self._session.flush()
        except IntegrityError as error:
            raise AlreadyTaken from error

    def get(self, passkey_id: str) -> Passkey | None:
        """By primary key."""
        row = self._session.exec(select(PasskeyRow).where(PasskeyRow.id == passkey_id)).first()
        return _passkey(row) if row else None

    def of_user(self, user_id: int) -> list[Passkey]:
        """By an index."""
        own = select(PasskeyRow).where(PasskeyRow.user_id == user_id)
        rows = self._session.exec(own.order_by(col(PasskeyRow.created_at), col(PasskeyRow.id)))
        return [_passkey(row) for row in rows]

    def use(self, passkey_id: str, count: int, at: datetime) -> None:
        """Write both."""
        used = update(PasskeyRow).where(col(PasskeyRow.id) == passkey_id).values(count=count, used_at=at)
        self._session.execute(used.execution_options(synchronize_session=False))

    def remove(self, passkey_id: str) -> None:
        """Delete."""
        self._delete(delete(PasskeyRow).where(col(PasskeyRow.id) == passkey_id))

    def challenge(self, session_id: str, purpose: Purpose, challenge: str, expires_at: datetime) -> None:
        """Insert or replace."""
        row = ChallengeRow(
            session_id=session_id, purpose=purpose.value, challenge=challenge, expires_at=expires_at
        )
        self._session.merge(row)
        self._session.flush()

    def take(self, session_id: str, purpose: Purpose, now: datetime) -> str | None:
        """Delete it: of two who take it at once one finds it gone."""
        own = col(ChallengeRow.session_id) == session_id, col(ChallengeRow.purpose) == purpose.value
        row = self._session.exec(select(ChallengeRow).where(*own)).first()
        if row is None:
            return None
        challenge, is_fresh = row.challenge, row.expires_at > now
        taken = self._delete(delete(ChallengeRow).where(*own, col(ChallengeRow.challenge) == challenge))
        return challenge if taken and is_fresh else None

    def purge(self, expired_before: datetime, at_most: int) -> int:
        """Delete challenges that nobody took."""
        expired = select(ChallengeRow.challenge).where(col(ChallengeRow.expires_at) < expired_before)
        old = self._session.exec(expired.limit(at_most)).all()
        return self._delete(delete(ChallengeRow).where(col(ChallengeRow.challenge).in_(old)))

    def _delete(self, statement: Delete) -> int:
        result: CursorResult[Any] = self._session.execute(  # type: ignore[assignment]  # a DELETE has this kind
            statement.execution_options(synchronize_session=False)
        )
        return result.rowcount


_COLUMNS = ("id", "user_id", "name", "public_key", "count", "created_at", "used_at")


def _passkey(row: PasskeyRow) -> Passkey:
    return Passkey(*(getattr(row, name) for name in _COLUMNS))
