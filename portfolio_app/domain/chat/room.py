"""A room and the revision that orders everything visible in it."""

import re
from dataclasses import dataclass
from typing import Final

from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.text import clean_text, is_visible

SANDBOX_PREFIX: Final = "sandbox-"
"""How the names of rooms begin that hold one attack and are gone after it."""
TITLE_LIMIT: Final = 60
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
    """A place to talk. `revision` is the number of visible changes so far, without gaps.

    Rooms are listed by `place`. An `archived` one can be read, and nobody writes into it.
    """

    slug: RoomSlug
    title: str
    revision: int = 0
    place: int = 0
    archived: bool = False

    @property
    def is_listed(self) -> bool:
        """Whether the list of rooms shows it."""
        return not self.archived and not str(self.slug).startswith(SANDBOX_PREFIX)


def room_title(raw: str) -> str:
    """The title that a person gave a room: one line, 1 to `TITLE_LIMIT` characters."""
    title = " ".join(clean_text(raw).split())
    if not is_visible(title) or len(title) > TITLE_LIMIT:
        raise InvalidValue("title", f"A room needs a title of 1 to {TITLE_LIMIT} characters.")
    return title
