"""A registered user and the values an account is made of."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.text import Stored

_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{1,22})[a-z0-9]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
RESERVED_USERNAMES: Final = frozenset(
    {
        "admin",
        "administrator",
        "anonymous",
        "demo",
        "guest",
        "help",
        "moderator",
        "official",
        "owner",
        "root",
        "security",
        "staff",
        "support",
        "system",
        "webmaster",
    }
)
"""Names that speak for the site; so does a name that reads like one of them, with a number or without."""
_LOOK_ALIKES: Final = (
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("0", "o"),
    ("1", "i"),
    ("l", "i"),
    ("3", "e"),
    ("4", "a"),
    ("5", "s"),
    ("7", "t"),
    ("8", "b"),
)
_SEPARATORS: Final = re.compile("[-_]")
_GUEST_NAME: Final = re.compile(r"(?:demo|guest)[-_]?[0-9a-f]*")
PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 128
PASSWORD_LONGEST: Final = 256
"""The longest password that could be chosen once: it still opens its account, as does a shorter one."""


@dataclass(frozen=True, slots=True)
class Username(Stored):
    """3 to 24 of `a-z`, `0-9`, `-` and `_`, starting and ending with a letter or digit."""

    value: str

    def __post_init__(self) -> None:
        if not _USERNAME.fullmatch(self.value):
            raise InvalidValue(
                "username",
                "Use 3 to 24 letters (a to z), digits, hyphens or underscores, a letter or digit at both ends.",
            )

    @classmethod
    def parse(cls, raw: str) -> "Username":
        """Trim and lower-case `raw`, so that names can't differ by case alone."""
        return cls(raw.strip().lower())

    @classmethod
    def claim(cls, raw: str) -> "Username":
        """The name of a new account: as `parse`; `InvalidValue` also for one that speaks for the site, or seems to.

        Accounts made before a name became reserved keep it.
        """
        name = cls.parse(raw)
        if name.value in RESERVED_USERNAMES:
            raise InvalidValue("username", "That username is reserved.")
        if _is_misleading(name.value):
            raise InvalidValue(
                "username", "That username could be taken for somebody who speaks for this site."
            )
        return name

    def resembles(self, other: "Username") -> bool:
        """Whether the two can be mistaken for one another at a glance."""
        return _shape(self.value) == _shape(other.value)

    def __str__(self) -> str:
        return self.value


def _is_misleading(name: str) -> bool:
    bare = name.strip("0123456789-_")
    parts = {_shape(part.removesuffix("s")) for part in _SEPARATORS.split(name)}
    whole = {_shape(name), _shape(bare), _shape(bare.removesuffix("s"))}
    return (
        _GUEST_NAME.fullmatch(name) is not None
        or not _RESERVED_SHAPES.isdisjoint(whole)
        or not _OFFICE_SHAPES.isdisjoint(parts)
    )


def _shape(name: str) -> str:
    """The look of `name` at a glance: separators dropped, look-alikes as one."""
    shape = name.replace("-", "").replace("_", "")
    for seen, meant in _LOOK_ALIKES:
        shape = shape.replace(seen, meant)
    return shape


_RESERVED_SHAPES: Final = frozenset(map(_shape, RESERVED_USERNAMES))
_OFFICE_SHAPES: Final = frozenset(map(_shape, ("admin", "administrator", "moderator", "owner", "webmaster")))
"""Words that speak for the site as a part of a name, too: `the-owner`, `real_admin`."""


@dataclass(frozen=True, slots=True)
class Email(Stored):
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

    def is_typed(self, raw: str) -> bool:
        """Whether somebody types this password with `raw`, on whatever keyboard."""
        return self.value == unicodedata.normalize("NFKC", raw)

    def __repr__(self) -> str:
        return "Password(***)"


SITE_NAME: Final = Username("system")
"""The site's own account; the name is reserved."""
SITE_EMAIL: Final = Email("system@site.invalid")


class Role(StrEnum):
    """The role of a user: what they may do beyond posting."""

    MEMBER = "member"
    MODERATOR = "moderator"
    OWNER = "owner"
    """Whose site it is: a moderator, with a mark of their own."""

    @classmethod
    def stored(cls, text: str) -> "Role":
        """The role; a role of a newer version reads as member, the one with the fewest rights."""
        return cls(text if text in set(cls) else cls.MEMBER)


@dataclass(frozen=True, slots=True)
class User:
    """A registered person. `id` is 0 until stored; nobody gets in while it is `disabled`.

    `gone_at` is when the account of somebody who has left goes, until which signing in undoes that. Any number of
    accounts may have an address; one of them at most `holds_email`, because its owner has shown to read mail there.
    """

    id: int
    username: Username
    email: Email
    role: Role
    created_at: datetime
    disabled: bool = False
    gone_at: datetime | None = None
    holds_email: bool = True

    @property
    def is_moderator(self) -> bool:
        """Whether this user may decide on messages."""
        return self.role is not Role.MEMBER

    @property
    def is_site(self) -> bool:
        """Whether it is the site itself; a name that somebody had before it was reserved does not make it so."""
        return (self.username, self.email) == (SITE_NAME, SITE_EMAIL)
