"""The single-use ticket that swaps a browser's cookie for a new session's."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portfolio_app.app.errors import TicketRefused
from portfolio_app.app.ports.sealer import Sealer, sealed_in
from portfolio_app.domain.account.session import SessionSecret

TICKET_LIFETIME: Final = timedelta(seconds=30)
_MARK_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Ticket:
    """A promise of session `secret` for `user_id` (None: a guest), to the holder of `from_session` only."""

    from_session: str
    user_id: int | None
    secret: SessionSecret
    password: str = ""
    """The mark of the password that opened the account: a ticket is worth nothing after the password has changed."""


def issue(sealer: Sealer, from_session: str, user_id: int | None, password_hash: str = "") -> str:
    """Seal a ticket for a fresh session; a member's is tied to the password as it is stored now."""
    secret = SessionSecret.generate().value
    return sealer.seal(json.dumps(["ticket", from_session, user_id, secret, mark(password_hash)]))


def mark(password_hash: str) -> str:
    """Tells one stored password from another, and nothing else of it."""
    return hashlib.sha256(b"ticket:" + password_hash.encode()).hexdigest()[:_MARK_LENGTH]


def redeem(sealer: Sealer, token: str, from_session: str) -> Ticket:
    """Open a ticket; `TicketRefused` if it is forged, too old, or another browser's."""
    match sealed_in(sealer.open(token, TICKET_LIFETIME)):
        case ["ticket", str(origin), int() | None as user_id, str(secret), str(password), *_] if (
            origin == from_session
        ):
            return Ticket(origin, user_id, SessionSecret(secret), password)
        case _:
            raise TicketRefused
