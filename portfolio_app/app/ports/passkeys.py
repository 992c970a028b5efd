"""Passkeys of accounts, the challenges that devices sign, and the ceremonies themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from portfolio_app.domain.account.passkey import Passkey
from portfolio_app.domain.account.user import User


class Purpose(StrEnum):
    """The purpose of a challenge, which is good for no other."""

    ADD = "add"
    SIGN_IN = "sign in"
    PROVE = "prove"


class PasskeyRepository(Protocol):
    """Public halves, and challenges: at most one a session and purpose, each taken once."""

    def add(self, passkey: Passkey) -> None:
        """Store it; `AlreadyTaken` if its id exists."""
        ...

    def get(self, passkey_id: str) -> Passkey | None:
        """The passkey, whoever's it is."""
        ...

    def of_user(self, user_id: int) -> list[Passkey]:
        """The passkeys of an account, oldest first."""
        ...

    def use(self, passkey_id: str, count: int, at: datetime) -> None:
        """Record that it was used."""
        ...

    def remove(self, passkey_id: str) -> None:
        """Delete it."""
        ...

    def challenge(self, session_id: str, purpose: Purpose, challenge: str, expires_at: datetime) -> None:
        """Store a challenge in place of an earlier one."""
        ...

    def take(self, session_id: str, purpose: Purpose, now: datetime) -> str | None:
        """The session's challenge, once; None if there is none, it has expired, or somebody else just took it."""
        ...

    def purge(self, expired_before: datetime, at_most: int) -> int:
        """Delete challenges that expired before then; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class Verified:
    """The proof of a device: the passkey that it holds, its public half when it is new, and its counter."""

    passkey_id: str
    count: int
    public_key: bytes = b""


class Ceremonies(Protocol):
    """WebAuthn for this site's origin. Texts are JSON as browsers take and give it."""

    def new_challenge(self) -> str:
        """Random bits in base64url."""
        ...

    def adding(self, challenge: str, user: User, known: Sequence[Passkey]) -> str:
        """The options to make a passkey with, on a device that holds none of `known`."""
        ...

    async def added(self, challenge: str, answer: str) -> Verified:
        """The new passkey; `BadPasskey` for anything but a proper answer to the challenge."""
        ...

    def signing_in(self, challenge: str) -> str:
        """The options to sign in with, whoever it is."""
        ...

    def named(self, answer: str) -> str:
        """The id of the passkey that an answer claims to be from; `BadPasskey` if it is no answer."""
        ...

    async def signed_in(self, challenge: str, answer: str, passkey: Passkey) -> Verified:
        """`BadPasskey` unless the device that holds the passkey has signed the challenge, its user verified."""
        ...
