"""A room and the revision that orders everything visible in it."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.text import Stored, clean_text, is_visible

SANDBOX_PREFIX: Final = "sandbox-"
"""How the names of rooms begin that hold one attack and are gone after it."""
ARTICLE_PREFIXES: Final = ("work--", "writing--")
"""How the names of rooms begin that stand under a case study or an article, and are made and archived with it."""
TITLE_LIMIT: Final = 60
_LONGEST: Final = 40
SLOWEST_S: Final = 3600
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class RoomSlug(Stored):
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

    Rooms are listed by `place`. An `archived` one can be read, and nobody writes into it. `slow_s` is how many seconds
    are between two posts of one author, 0 where nobody is slowed down.
    """

    slug: RoomSlug
    title: str
    revision: int = 0
    place: int = 0
    archived: bool = False
    slow_s: int = 0

    def is_called(self, title: str) -> bool:
        """Whether a reader would take `title` for this room's: capitals make no difference."""
        return self.title.casefold() == title.casefold()

    @property
    def is_listed(self) -> bool:
        """Whether the list of rooms shows it."""
        return not (self.archived or self.is_of_article or str(self.slug).startswith(SANDBOX_PREFIX))

    @property
    def is_of_article(self) -> bool:
        """Whether it stands under an article: its name and its title are those of the article."""
        return str(self.slug).startswith(ARTICLE_PREFIXES)


def article_room(kind: str, name: str) -> RoomSlug:
    """The room of the article with this name, `kind` being `work` or `writing`; a long name ends in a short hash."""
    slug = f"{kind}--{name}"
    if len(slug) > _LONGEST:
        slug = f"{slug[:31].rstrip('-')}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"
    return RoomSlug(slug)


def article_room_title(title: str) -> str:
    """The title of the room of an article: the article's, cut where a room's may not be as long."""
    return title if len(title) <= TITLE_LIMIT else f"{title[: TITLE_LIMIT - 1].rstrip()}…"


def slow_mode(raw: str) -> int:
    """The seconds between two posts of one author that a person gave a room: 0, for none, to `SLOWEST_S`."""
    if not re.fullmatch(r"[0-9]{1,4}", raw.strip()) or int(raw) > SLOWEST_S:
        raise InvalidValue("seconds", f"Slow mode takes whole seconds, 0 to {SLOWEST_S}; 0 ends it.")
    return int(raw)


def room_title(raw: str) -> str:
    """The title that a person gave a room: one line, 1 to `TITLE_LIMIT` characters."""
    title = " ".join(clean_text(raw).split())
    if not is_visible(title) or len(title) > TITLE_LIMIT:
        raise InvalidValue("title", f"A room needs a title of 1 to {TITLE_LIMIT} characters.")
    return title
