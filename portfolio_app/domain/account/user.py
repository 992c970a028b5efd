"""A registered user and the values an account is made of."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from portfolio_app.domain.errors import InvalidValue

_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{1,22})[a-z0-9]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
RESERVED_USERNAMES: Final = frozenset({"demo", "guest", "admin", "moderator", "system", "anonymous"})
PASSWORD_MIN: Final = 10
PASSWORD_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Username:
    """3 to 24 of `a-z`, `0-9`, `-` and `_`, starting and ending with a letter or digit."""

    value: str

    def __post_init__(self) -> None:
        if not _USERNAME.fullmatch(self.value):
            raise InvalidValue(
                "username",
                "Use 3 to 24 letters, digits, hyphens or underscores, a letter or digit at both ends.",
            )
        if self.value in RESERVED_USERNAMES:
            raise InvalidValue("username", "That username is reserved.")

    @classmethod
    def parse(cls, raw: str) -> "Username":
        """Trim and lower-case `raw`, so that names can't differ by case alone."""
        return cls(raw.strip().lower())

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Email:
    """An address in lower case, at most 254 characters; that it receives mail is not known."""

    value: str

    def __post_init__(self) -> None:
        if len(self.value) > 254 or not _EMAIL.fullmatch(self.value) or not self.value.isprintable():
            raise InvalidValue("email", "That does not look like an email address.")

    @classmethod
    def parse(cls, raw: str) -> "Email":
        """Trim and lower-case `raw`."""
        return cls(raw.strip().lower())

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, repr=False)
class Password:
    """A password as typed, in NFKC so that every keyboard makes the same one; never printed."""

    value: str

    def __post_init__(self) -> None:
        if len(self.value) < PASSWORD_MIN:
            raise InvalidValue("password", f"Use at least {PASSWORD_MIN} characters.")
        if len(self.value) > PASSWORD_MAX:
            raise InvalidValue("password", f"Use at most {PASSWORD_MAX} characters.")

    @classmethod
    def parse(cls, raw: str) -> "Password":
        """Normalise `raw`; spaces are kept."""
        return cls(unicodedata.normalize("NFKC", raw))

    def __repr__(self) -> str:
        return "Password(***)"


class Role(StrEnum):
    """What a user may do beyond posting."""

    MEMBER = "member"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class User:
    """A registered person. `id` is 0 until stored."""

    id: int
    username: Username
    email: Email
    role: Role
    created_at: datetime

    @property
    def is_moderator(self) -> bool:
        """Whether this user may decide on messages."""
        return self.role is Role.MODERATOR
