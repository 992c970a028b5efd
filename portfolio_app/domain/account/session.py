"""A visitor's session: every visitor has one, signed in or not."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

SESSION_LIFETIME: Final = timedelta(days=90)
SESSION_IDLE: Final = timedelta(days=14)
_TAG_LENGTH: Final = 4
_HANDLE_LENGTH: Final = 16


@dataclass(frozen=True, slots=True, repr=False)
class SessionSecret:
    """The random id in the cookie: 256 bits, known to the browser alone; never printed or stored."""

    value: str
    session_id: str = field(init=False, compare=False)
    """The id safe to log, store and name topics with: 32 hex digits, one way from the secret.

    The secret has 256 random bits, so a plain hash can't be searched.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "session_id", hashlib.sha256(self.value.encode()).hexdigest()[:32])

    @classmethod
    def generate(cls) -> "SessionSecret":
        """A new secret from the operating system's random source."""
        return cls(secrets.token_urlsafe(32))

    def __repr__(self) -> str:
        return "SessionSecret(***)"


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts without a visit, and at the longest."""

    idle: timedelta = SESSION_IDLE
    absolute: timedelta = SESSION_LIFETIME

    def end(self, created_at: datetime, seen_at: datetime) -> datetime:
        """The time at which a session ends that is not seen again."""
        return min(created_at + self.absolute, seen_at + self.idle)


LIFETIMES: Final = Lifetimes()
"""The lifetimes of sessions that begin without the settings; the next visit sets them right."""


@dataclass(frozen=True, slots=True)
class Session:
    """A stored session. `id` is `SessionSecret.session_id`; `user_id` is None for a guest.

    `proved_at` is when its member last typed the password in it.
    """

    id: str
    user_id: int | None
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = None
    proved_at: datetime | None = None
    device: str = ""

    @classmethod
    def start(
        cls,
        session_id: str,
        now: datetime,
        user_id: int | None = None,
        *,
        device: str = "",
        lifetimes: Lifetimes = LIFETIMES,
    ) -> "Session":
        """A session that begins now; a member's begins with the password."""
        proved_at = now if user_id is not None else None
        return cls(session_id, user_id, now, lifetimes.end(now, now), now, proved_at, device)

    def is_live(self, now: datetime) -> bool:
        """Whether the session still counts at `now`."""
        return now < self.expires_at


def visitor_tag(session_id: str) -> str:
    """The short tag that tells two guests apart: 4 hex digits from the session id."""
    return hashlib.sha256(b"tag:" + session_id.encode()).hexdigest()[:_TAG_LENGTH]


def session_handle(session_id: str) -> str:
    """The handle of a session on its visitor's own page: 16 hex digits, one way from the session id."""
    return hashlib.sha256(b"handle:" + session_id.encode()).hexdigest()[:_HANDLE_LENGTH]
