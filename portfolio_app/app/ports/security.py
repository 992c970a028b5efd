"""The log of account safety, line by line: for each member's own eyes, and the operator's."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol


class SecurityEvent(StrEnum):
    """An event of account safety, in the words that a member reads."""

    REGISTERED = "registered"
    CLAIMED = "somebody tried to register with your name or address"
    """The latter made an account that has the address and does not hold it."""
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    SIGN_IN_FAILED = "sign-in failed"
    PROVED = "confirmed with the password"
    PROVED_BY_PASSKEY = "confirmed with a passkey"
    PROOF_FAILED = "confirmation failed"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 (the name of an event)
    USERNAME_CHANGED = "username changed"
    EMAIL_CHANGED = "email address changed"
    EMAIL_CONFIRMED = "email address confirmed"
    EMAIL_RELEASED = "email address confirmed for another account"
    CODES_MADE = "recovery codes made"
    RECOVERY_FAILED = "recovery failed"
    PASSKEY_ADDED = "passkey added"
    PASSKEY_REMOVED = "passkey removed"
    RECOVERED = "password set with a recovery code"
    RESET_LINK_MADE = "reset link made"
    RESET_LINK_SENT = "reset link sent by mail"
    RESET_LINK_ASKED = "reset link asked for"
    SESSION_REVOKED = "session ended"
    SESSIONS_ENDED = "other sessions ended"
    ALL_SESSIONS_ENDED = "every session ended"
    EXPORTED = "data downloaded"
    LEAVING = "account deleted, to be gone in seven days"
    CAME_BACK = "deletion undone by signing in"
    DISABLED = "account disabled"
    ENABLED = "account enabled"
    PROMOTED = "role granted"
    DEMOTED = "role taken"


FAILURES: Final = frozenset(
    {
        SecurityEvent.CLAIMED,
        SecurityEvent.SIGN_IN_FAILED,
        SecurityEvent.PROOF_FAILED,
        SecurityEvent.RECOVERY_FAILED,
    }
)
"""Events of attempts that failed."""


@dataclass(frozen=True, slots=True)
class SecurityLine:
    """One line. `user_id` is whose account it concerns, None where no account has the name that was typed.

    `event` is a text where a newer version wrote it. What was typed stands nowhere. `network` is shortened, or says
    "operator" or "moderator"; `detail` is a browser or the handle of a session.
    """

    at: datetime
    user_id: int | None
    event: SecurityEvent | str
    network: str
    request_id: str
    detail: str = ""

    @property
    def about(self) -> str:
        """Browser and network, as far as they are known."""
        return ", ".join(filter(None, (self.detail, self.network)))


class SecurityLog(Protocol):
    """Appends to the log of account safety, and reads it."""

    def add(self, line: SecurityLine) -> None:
        """Append a line in the current transaction."""
        ...

    def of_user(self, user_id: int, limit: int, event: SecurityEvent | None = None) -> list[SecurityLine]:
        """The newest lines of an account, or those of one kind, newest first."""
        ...

    def forget(self, user_id: int, at_most: int) -> int:
        """Delete lines of an account; returns how many."""
        ...

    def purge(self, before: datetime, at_most: int) -> int:
        """Delete the oldest lines, if they are older than that; returns how many."""
        ...
