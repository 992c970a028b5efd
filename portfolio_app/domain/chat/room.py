"""A room and the revision that orders everything visible in it."""

import re
from dataclasses import dataclass
from typing import Final

from portfolio_app.domain.errors import InvalidValue

SANDBOX_PREFIX: Final = "sandbox-"
"""How the names of rooms begin that hold one attack and are gone after it."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class RoomSlug:
    """A room's name in an address: 1 to 40 of `a-z`, `0-9` and inner hyphens."""

    value: str

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.value):
            raise InvalidValue("room", "That is not the name of a room.")

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Room:
    """A place to talk. `revision` is the number of visible changes so far, without gaps."""

    slug: RoomSlug
    title: str
    revision: int = 0
