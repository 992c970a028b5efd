"""Passkeys in memory, and devices that sign without a key."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portfolio_app.app.errors import AlreadyTaken, BadPasskey
from portfolio_app.app.ports.passkeys import Purpose, Verified
from portfolio_app.domain.account.passkey import Passkey
from portfolio_app.domain.account.user import User
from tests.fakes.store import Store


class FakePasskeys:
    """Implements `PasskeyRepository`."""

    def __init__(self, store: Store) -> None:
        self._passkeys = store.passkeys
        self._challenges = store.challenges

    def add(self, passkey: Passkey) -> None:
        if passkey.id in self._passkeys:
            raise AlreadyTaken
        self._passkeys[passkey.id] = passkey

    def get(self, passkey_id: str) -> Passkey | None:
        return self._passkeys.get(passkey_id)

    def of_user(self, user_id: int) -> list[Passkey]:
        own = [each for each in self._passkeys.values() if each.user_id == user_id]
        return sorted(own, key=lambda each: (each.created_at, each.id))

    def use(self, passkey_id: str, count: int, at: datetime) -> None:
        self._passkeys[passkey_id] = replace(self._passkeys[passkey_id], count=count, used_at=at)

    def remove(self, passkey_id: str) -> None:
        self._passkeys.pop(passkey_id, None)

    def challenge(self, session_id: str, purpose: Purpose, challenge: str, expires_at: datetime) -> None:
        self._challenges[session_id, purpose] = (challenge, expires_at)

    def take(self, session_id: str, purpose: Purpose, now: datetime) -> str | None:
        challenge, expires_at = self._challenges.pop((session_id, purpose), (None, now))
        return challenge if expires_at > now else None

    def purge(self, expired_before: datetime, at_most: int) -> int:
        old = [key for key, (_, at) in self._challenges.items() if at < expired_before][:at_most]
        for key in old:
            del self._challenges[key]
        return len(old)


class FakeCeremonies:
    """Implements `Ceremonies`: an answer is a JSON list of the passkey's id, the challenge, and a count."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new_challenge(self) -> str:
        return f"challenge-{next(self._numbers)}"

    def adding(self, challenge: str, user: User, known: Sequence[Passkey]) -> str:
        return json.dumps([challenge, str(user.username), [each.id for each in known]])

    async def added(self, challenge: str, answer: str) -> Verified:
        passkey_id, count = self._checked(challenge, answer)
        return Verified(passkey_id, count, b"public half")

    def signing_in(self, challenge: str) -> str:
        return json.dumps([challenge])

    def named(self, answer: str) -> str:
        try:
            return str(json.loads(answer)[0])
        except (ValueError, TypeError, LookupError):
            raise BadPasskey from None

    async def signed_in(self, challenge: str, answer: str, passkey: Passkey) -> Verified:
        passkey_id, count = self._checked(challenge, answer)
        if passkey_id != passkey.id or count <= passkey.count:
            raise BadPasskey
        return Verified(passkey_id, count)

    def _checked(self, challenge: str, answer: str) -> tuple[str, int]:
        try:
            passkey_id, signed, count = json.loads(answer)
        except (ValueError, TypeError, LookupError):
            raise BadPasskey from None
        if signed != challenge:
            raise BadPasskey
        return str(passkey_id), int(count)
