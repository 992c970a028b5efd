"""A password hasher that costs nothing."""

import asyncio
import unicodedata
from collections.abc import Sequence

from portfolio_app.app.ports.hasher import Verification
from portfolio_app.domain.account.user import Password


class FakeGuesses:
    """Implements `GuessedFirst`: whatever holds one of the account's words, or is set."""

    def __init__(self) -> None:
        self.common = {"123456789012"}

    async def reason(self, password: Password, words: Sequence[str]) -> str | None:
        guessed = password.value in self.common or any(word in password.value for word in words)
        return "It is one of them." if guessed else None


class FakeHasher:
    """Implements `PasswordHasher`; raise `version` to make every stored hash out of date."""

    def __init__(self) -> None:
        self.version = 1
        self.verified: list[str | None] = []

    async def hash(self, password: Password, salt: bytes) -> str:
        return self._hash(password.value, salt)

    async def verify(self, password: str, stored: str | None, salt: bytes) -> Verification:
        self.verified.append(stored)
        await asyncio.sleep(0)  # others have their turn, as while a real one works
        typed = unicodedata.normalize("NFKC", password)
        if stored is None or stored.split(":", 2)[2] != typed[::-1]:
            return Verification(False)
        current = self._hash(typed, salt)
        return Verification(True, None if stored == current else current)

    async def hash_typed(self, password: str, salt: bytes) -> str:
        self.verified.append(None)
        return self._hash(unicodedata.normalize("NFKC", password), salt)

    def _hash(self, password: str, salt: bytes) -> str:
        return f"{self.version}:{salt.hex()}:{password[::-1]}"
