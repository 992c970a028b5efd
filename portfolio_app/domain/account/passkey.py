"""A passkey: a key pair whose secret half never leaves a member's device."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portfolio_app.domain.account.user import User
from portfolio_app.domain.text import clean_text, is_visible

MOST_PASSKEYS: Final = 10
"""Passkeys that one account may have."""
CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
_NAME_LIMIT: Final = 40
_UNNAMED: Final = "Passkey"
_HANDLE_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey: `id` is the device's own, in base64url; `count` grows with each use, where the device counts."""

    id: str
    user_id: int
    name: str
    public_key: bytes
    count: int
    created_at: datetime
    used_at: datetime | None = None

    @property
    def handle(self) -> str:
        """The passkey's name on its owner's page."""
        return hashlib.sha256(b"passkey:" + self.id.encode()).hexdigest()[:_HANDLE_LENGTH]


def passkey_name(raw: str) -> str:
    """A name for a member's own list: printable, short, and never empty."""
    name = clean_text(raw[: _NAME_LIMIT * 4]).replace("\n", " ")[:_NAME_LIMIT].strip()
    return name if is_visible(name) else _UNNAMED


def owner_handle(user: User) -> bytes:
    """The account's handle on devices: it tells one account from another, and nothing else of it."""
    return hashlib.sha256(f"owner:{user.id}:{user.created_at.isoformat()}".encode()).digest()
