"""Visitor sessions in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from portfolio_app.app.errors import TicketRefused
from portfolio_app.app.ports.clock import Clock
from portfolio_app.domain.account.session import Session
from tests.fakes.store import Store


class FakeSessions:
    """Implements `SessionRepository`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def get(self, session_id: str) -> Session | None:
        return None if self.has_ended(session_id) else self._store.sessions.get(session_id)

    def has_ended(self, session_id: str) -> bool:
        session = self._store.sessions.get(session_id)
        expired = session is not None and not session.is_live(self._clock())
        return expired or session_id in self._store.revoked

    def ended_of(self, session_ids: Sequence[str]) -> Mapping[str, datetime | None]:
        ended = [session_id for session_id in session_ids if self.has_ended(session_id)]
        return {session_id: self._store.replaced.get(session_id) for session_id in ended}

    def live_of(self, session_ids: Sequence[str]) -> Mapping[str, Session]:
        found = {session_id: self.get(session_id) for session_id in session_ids}
        return {session_id: session for session_id, session in found.items() if session is not None}

    def add(self, session: Session) -> None:
        if session.id in self._store.sessions:
            raise TicketRefused
        self._store.sessions[session.id] = session

    def of_user(self, user_id: int) -> list[Session]:
        live = [s for s in self._store.sessions.values() if s.user_id == user_id and not self.has_ended(s.id)]
        return sorted(live, key=lambda s: (-s.created_at.timestamp(), s.id))

    def revoke(self, session_id: str, at: datetime, *, replaced: bool = False) -> None:
        self._store.sessions.setdefault(session_id, Session.start(session_id, at))
        if replaced and session_id not in self._store.revoked:
            self._store.replaced[session_id] = at
        self._store.revoked.setdefault(session_id, at)

    def prove(self, session_id: str, at: datetime) -> None:
        self._change(session_id, proved_at=at)

    def see(self, session_id: str, at: datetime, expires_at: datetime) -> None:
        self._change(session_id, seen_at=at, expires_at=expires_at)

    def _change(self, session_id: str, **fields: datetime) -> None:
        session = self._store.sessions.get(session_id)
        if session is not None and session_id not in self._store.revoked:
            self._store.sessions[session_id] = replace(session, **fields)  # type: ignore[arg-type]  # times only

    def disown(self, user_id: int, at_most: int) -> int:
        own = [each for each in self._store.sessions.values() if each.user_id == user_id][:at_most]
        for session in own:
            self._store.sessions[session.id] = replace(session, user_id=None, device="")
        return len(own)

    def purge(self, begun_before: datetime, at_most: int) -> int:
        now = self._clock()
        over = [s for s in self._store.sessions.values() if s.expires_at < now]
        old = [s.id for s in over if s.created_at < begun_before][:at_most]
        for session_id in old:
            del self._store.sessions[session_id]
            self._store.revoked.pop(session_id, None)
        return len(old)
