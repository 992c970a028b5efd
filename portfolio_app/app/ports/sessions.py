"""Visitor sessions that had an effect; the others live in their cookie alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from portfolio_app.domain.account.session import Session


class SessionRepository(Protocol):
    """Stored sessions. A revoked one stays, so that its cookie can't come back to life."""

    def get(self, session_id: str) -> Session | None:
        """The session unless it has ended or was never stored."""
        ...

    def has_ended(self, session_id: str) -> bool:
        """Whether this session was stored and is revoked or expired by now."""
        ...

    def ended_of(self, session_ids: Sequence[str]) -> Mapping[str, datetime | None]:
        """The sessions among these that are revoked or expired by now, and when another one replaced each, if so."""
        ...

    def live_of(self, session_ids: Sequence[str]) -> Mapping[str, Session]:
        """The sessions among these that are stored and have not ended."""
        ...

    def add(self, session: Session) -> None:
        """Store a session; `TicketRefused` if its id exists, which is what makes a ticket single-use."""
        ...

    def of_user(self, user_id: int) -> list[Session]:
        """The sessions of a user that have not ended, newest first."""
        ...

    def revoke(self, session_id: str, at: datetime, *, replaced: bool = False) -> None:
        """End a session for good, whether it was stored or not; `replaced` if its browser is given another one."""
        ...

    def prove(self, session_id: str, at: datetime) -> None:
        """Record that its member typed the password in this session."""
        ...

    def see(self, session_id: str, at: datetime, expires_at: datetime) -> None:
        """Record a visit, after which the session ends later; nothing happens to one that was revoked."""
        ...

    def disown(self, user_id: int, at_most: int) -> int:
        """Take account and device from a user's sessions, which have ended; returns how many."""
        ...

    def purge(self, begun_before: datetime, at_most: int) -> int:
        """Delete sessions that have expired, began before then, and that nobody else deletes just now.

        Returns how many. Counted from their beginning: the cookie of one that nobody visited outlives it.
        """
        ...
