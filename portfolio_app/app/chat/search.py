"""A visitor looks for words in a room."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.chat.history import PAGE_BYTES, existing, fitting
from portfolio_app.app.ports.messages import END
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.domain.chat.search import SearchQuery

HITS: Final = 20
"""Messages of one page of results."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Shown messages of `room` that hold the words, newest first; further ones come `before` a place, 0 for none."""

    room: Room
    query: SearchQuery
    messages: tuple[Message, ...]
    before: int


@dataclass(frozen=True, slots=True)
class SearchRoom:
    """Read one page of results by keyset, from an index of the words that are shown."""

    unit_of_work: UnitOfWork

    async def __call__(self, slug: str, text: str, before: int = END) -> SearchPage:
        """The newest results before a place; raises `InvalidValue` and `NotFound`."""
        query, room_slug = SearchQuery.parse(text), RoomSlug(slug)

        def read(repositories: Repositories) -> SearchPage:
            room = existing(repositories, room_slug)
            found = repositories.messages.search(room_slug, query, HITS + 1, before)
            messages = fitting(found[:HITS], PAGE_BYTES)
            rest = messages[-1].position if len(messages) < len(found) else 0
            return SearchPage(room, query, messages, rest)

        return await self.unit_of_work.run(read)
