"""The rereading of revisions, own messages and ended sessions, after events of other workers were lost."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from portfolio_app.app.events import SessionRevoked
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import RoomSlug

T = TypeVar("T")
AT_ONCE: Final = 500
"""Rooms or sessions of one transaction."""
OWN_AT_ONCE: Final = 50
"""Authors whose own messages are in memory together."""
OWN_LIMIT: Final = 60
JUST_NOW: Final = timedelta(seconds=10)
"""The browser of a session that was replaced so recently may still be waiting for the new cookie."""


@dataclass(frozen=True, slots=True)
class Reread:
    """Read what lost events would have said, of as many rooms and sessions as are asked for."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def revisions(self, slugs: Sequence[str]) -> Mapping[str, int]:
        """The revision of each room; unknown rooms are left out."""
        found: dict[str, int] = {}
        for some in _batches([RoomSlug(slug) for slug in slugs], AT_ONCE):
            found |= await self.unit_of_work.run(partial(_revisions, some))
        return found

    async def own(self, authors: Sequence[str]) -> AsyncIterator[list[Message]]:
        """The newest messages of each author, by `Author.key`, that no one else saw, held or removed; in batches."""
        for some in _batches(authors, OWN_AT_ONCE):
            yield await self.unit_of_work.run(partial(_own, some))

    async def ended(self, session_ids: Sequence[str]) -> list[SessionRevoked]:
        """The event of each session that has ended."""
        now, found = self.clock(), []
        for some in _batches(session_ids, AT_ONCE):
            ended = await self.unit_of_work.run(partial(_ended, some))
            found += [
                SessionRevoked(session_id, at is not None and now - at < JUST_NOW)
                for session_id, at in ended.items()
            ]
        return found


def _revisions(slugs: Sequence[RoomSlug], repositories: Repositories) -> Mapping[str, int]:
    return repositories.rooms.revisions(slugs)


def _own(authors: Sequence[str], repositories: Repositories) -> list[Message]:
    return repositories.messages.unpublished_of(authors, OWN_LIMIT)


def _ended(session_ids: Sequence[str], repositories: Repositories) -> Mapping[str, datetime | None]:
    return repositories.sessions.ended_of(session_ids)


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
