"""Hashes of recovery codes in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Delete, delete, func, or_
from sqlmodel import Session, select

from portfolio_app.app.ports.recovery import RecoveryRepository
from portfolio_app.infra.db.tables import RecoveryCodeRow, table_of

_codes = table_of(RecoveryCodeRow).c


class SqlRecovery(RecoveryRepository):
    """Implements `RecoveryRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def replace(self, user_id: int, hashes: Sequence[str]) -> None:
        """Delete the earlier ones and insert."""
        self._delete(delete(RecoveryCodeRow).where(_codes.user_id == user_id, _codes.expires_at.is_(None)))
        self._session.add_all([RecoveryCodeRow(code_hash=each, user_id=user_id) for each in hashes])

    def add_link(
        self, user_id: int, code_hash: str, expires_at: datetime, *, keeps_earlier: bool = False
    ) -> None:
        """Delete earlier ones if wanted, and insert."""
        if not keeps_earlier:
            self.end_links(user_id)
        self._session.add(RecoveryCodeRow(code_hash=code_hash, user_id=user_id, expires_at=expires_at))

    def owner(self, code_hash: str, now: datetime) -> int | None:
        """Look it up by its primary key."""
        return self._session.exec(select(RecoveryCodeRow.user_id).where(*_is_good(code_hash, now))).first()

    def use(self, user_id: int, code_hash: str, now: datetime) -> bool:
        """Delete it: of two who use it at once one finds it gone."""
        own = _codes.user_id == user_id
        return self._delete(delete(RecoveryCodeRow).where(own, *_is_good(code_hash, now))) == 1

    def left(self, user_id: int) -> int:
        """Count them."""
        counted = select(func.count(_codes.code_hash)).where(
            _codes.user_id == user_id, _codes.expires_at.is_(None)
        )
        return self._session.exec(counted).one()

    def end_links(self, user_id: int) -> None:
        """Delete them."""
        self._delete(delete(RecoveryCodeRow).where(_codes.user_id == user_id, _codes.expires_at.is_not(None)))

    def purge(self, expired_before: datetime, at_most: int) -> int:
        """Delete the codes of old links."""
        old = select(RecoveryCodeRow.code_hash).where(_codes.expires_at < expired_before).limit(at_most)
        return self._delete(
            delete(RecoveryCodeRow).where(_codes.code_hash.in_(self._session.exec(old).all()))
        )

    def _delete(self, statement: Delete) -> int:
        result: CursorResult[Any] = self._session.execute(  # type: ignore[assignment]  # a DELETE has this kind
            statement.execution_options(synchronize_session=False)
        )
        return result.rowcount


def _is_good(code_hash: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _codes.code_hash == code_hash, or_(_codes.expires_at.is_(None), _codes.expires_at > now)
