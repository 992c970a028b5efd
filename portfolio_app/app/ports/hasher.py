"""Password hashing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from portfolio_app.domain.account.user import Password


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the password fits; `rehash` is a new hash to store when parameters or salt have changed."""

    ok: bool
    rehash: str | None = None


class GuessedFirst(Protocol):
    """The passwords that are guessed first."""

    async def reason(self, password: Password, words: Sequence[str]) -> str | None:
        """Why it is one of them, in a sentence, or None: it is made of one, or of `words`, which are the account's
        and the site's own."""
        ...


class PasswordHasher(Protocol):
    """Hashes passwords: slow on purpose, and few at once."""

    async def hash(self, password: Password, salt: bytes) -> str:
        """The hash with that salt: always the same one."""
        ...

    async def verify(self, password: str, stored: str | None, salt: bytes) -> Verification:
        """Compare; with `stored` None it takes as long and says no. A hash with another salt than this is replaced."""
        ...

    async def hash_typed(self, password: str, salt: bytes) -> str:
        """The hash that the password has if it was chosen as it is typed now; "" for one that no account can have."""
        ...
