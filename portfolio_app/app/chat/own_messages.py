"""The end of messages: their author takes them along, or erases them; the site lets old ones go."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.events import Event, HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.identity import actor_name, current_user
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.messages import Owner
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import RoomSlug

_log = logging.getLogger(__name__)
EXPORTED_AT_ONCE: Final = 200
ERASED_AT_ONCE: Final = 50
"""Messages of one transaction: each takes a revision, which holds its room until the commit."""


@dataclass(frozen=True, slots=True)
class OwnMessages:
    """The messages that a visitor wrote: a member in all sessions, a guest in this one."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock
    limiter: RateLimiter

    async def export(self, caller: Caller) -> AsyncIterator[Sequence[Message]]:
        """Pages of those that still have a text, in the order of their ids; raises `RateLimited`, `SessionEnded`."""
        await self.limiter.hit(Rates.EXPORT_SESSION, caller.session_id)
        after = ""
        while True:
            page, after = await self.unit_of_work.run(partial(_page, caller=caller, after=after))
            if not page:
                return
            yield page

    async def erase(self, caller: Caller) -> AsyncIterator[int]:
        """Empty them for good, batch by batch; yields how many so far. Raises `SessionEnded`.

        One that is visible is deleted by the room's next revision. The texts are gone from the rows, the index of
        words, the audit trail and the reasons of reports; a row with id, author and time remains, so that a late retry
        finds it taken.
        """
        after, total = "", 0
        while True:
            after, count = await self._erase_some(caller, after)
            if not count:
                return
            total += count
            yield total

    async def _erase_some(self, caller: Caller, after: str) -> tuple[str, int]:
        now = self.clock()

        def work(repositories: Repositories) -> tuple[str, int, Sequence[Event]]:
            user = current_user(repositories, caller)
            owner = Owner(caller.session_id, user.id if user else None)
            found = repositories.messages.own_of(owner, after, ERASED_AT_ONCE)
            if not found:
                return after, 0, ()
            actor = actor_name(user, caller.session_id)
            repositories.audit.add(AuditEntry(now, actor, Action.ERASED, actor, caller.request_id))
            return owner.key(found[-1]), len(found), _erase(repositories, found, caller.request_id, now)

        last, count, events = await self.unit_of_work.run(work)
        await self.bus.publish(*events)
        return last, count


@dataclass(frozen=True, slots=True)
class ExpireMessages:
    """Empty messages that are older than the site keeps them, the oldest of each room first."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock
    keep: timedelta

    async def __call__(self) -> int:
        """Do it now; returns how many. Several workers may: each takes what the others have left."""
        rooms = [room.slug for room in await self.unit_of_work.run(lambda r: r.rooms.all())]
        total = 0
        for slug in (*rooms, None):
            place: int | None = 0
            while place is not None:
                erased, place = await self._some(slug, place)
                total += erased
                await asyncio.sleep(0)
        if total:
            _log.info("emptied %d messages older than %d days", total, self.keep.days)
        return total

    async def _some(self, slug: RoomSlug | None, place: int) -> tuple[int, int | None]:
        """How many were emptied from a place on, and where to go on; without a room, of those that no room shows."""
        now = self.clock()
        before = now - self.keep

        def work(repositories: Repositories) -> tuple[int, int | None, Sequence[Event]]:
            if slug is None:
                old = repositories.messages.hidden_before(before, ERASED_AT_ONCE)
            else:
                oldest = repositories.messages.shown_from(slug, place, ERASED_AT_ONCE)
                old = [message for message in oldest if message.posted_at < before]
            # One that was answered keeps its place without its text: it is neither emptied nor met a second time.
            full = [message for message in old if str(message.body)]
            following = old[-1].position + 1 if old else None
            return len(full), following, _erase(repositories, full, "", now)

        count, following, events = await self.unit_of_work.run(work)
        await self.bus.publish(*events)
        return count, following


def exported(message: Message) -> dict[str, str | None]:
    """A message as its author takes it along."""
    return {
        "id": message.id,
        "room": str(message.room),
        "author": message.author.label,
        "posted_at": message.posted_at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "status": str(message.status),
        "body": str(message.body),
    }


def _page(repositories: Repositories, caller: Caller, after: str) -> tuple[Sequence[Message], str]:
    user = current_user(repositories, caller)
    owner = Owner(caller.session_id, user.id if user else None)
    found = repositories.messages.own_of(owner, after, EXPORTED_AT_ONCE)
    return found, owner.key(found[-1]) if found else after


def _erase(
    repositories: Repositories, found: Sequence[Message], request_id: str, now: datetime
) -> list[Event]:
    """Empty them and what else holds their texts; returns what to publish."""
    rooms: dict[str, list[Message]] = {}
    events: list[Event] = []
    # In one order everywhere, or two writers could wait for each other.
    locked = [repositories.messages.lock(each) for each in sorted(message.id for message in found)]
    for before in sorted((each for each in locked if each), key=lambda each: str(each.room)):
        # Each that ever was shown takes a revision: its author's tabs keep the text of one that was taken down.
        revision = repositories.rooms.next_revision(before.room) if before.revision else 0
        answered = before.stub or repositories.messages.is_answered(before.id)
        after = before.erase(revision).keeping_place(answered=answered)
        repositories.messages.save(after)
        repositories.queue.close(after.id)
        if revision:
            rooms.setdefault(str(after.room), []).append(after)
        else:
            events.append(HeldChanged(after.author.session_id, after, request_id))
    ids = [message.id for message in found]
    repositories.audit.forget(ids)
    repositories.reports.forget(ids, now)
    changed = [RoomChanged(room, tuple(each), (request_id,) * len(each)) for room, each in rooms.items()]
    return [*changed, *events, *([QueueChanged()] if found else [])]
