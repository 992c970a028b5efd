"""A member takes the data of the account along, or leaves; what becomes of the account of somebody who has left."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from portfolio_app.app.account.elevate import require_proof
from portfolio_app.app.account.operate import end_all
from portfolio_app.app.account.record import record
from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.own_messages import ERASED_AT_ONCE
from portfolio_app.app.events import Event, QueueChanged, RoomChanged, SessionRevoked
from portfolio_app.app.identity import require_member
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.messages import Given
from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.ports.users import FormerName
from portfolio_app.domain.account.passkey import Passkey
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.account.user import User, Username
from portfolio_app.domain.chat.message import FORMER, Message, MessageStatus, member_key

_log = logging.getLogger(__name__)
COME_BACK_WITHIN: Final = timedelta(days=7)
_MARGIN: Final = timedelta(minutes=1)
"""A wait longer than the life of a ticket and any transaction: a sign-in just before the end is stored by then."""
EXPORTED_LINES: Final = 1_000
GIVEN_AT_ONCE: Final = 500
FORGOTTEN_AT_ONCE: Final = 1_000
LOOKED_THROUGH_AT_ONCE: Final = 10_000
"""Lines of the audit trail of one transaction, most of which name somebody else."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The data of an account, apart from its messages and reactions, which come by pages."""

    user: User
    former_names: Sequence[FormerName]
    sessions: Sequence[Session]
    codes_left: int
    passkeys: Sequence[Passkey]
    lines: Sequence[SecurityLine]


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """Read everything of the caller's account."""

    unit_of_work: UnitOfWork
    limiter: RateLimiter
    clock: Clock

    async def __call__(self, caller: Caller) -> Exported:
        """The account; `NotAllowed` for a guest, `ProofNeeded`, `RateLimited`."""

        def read(repositories: Repositories) -> Exported:
            now = self.clock()
            user = require_proof(repositories, caller, now)
            record(repositories, now, SecurityEvent.EXPORTED, user.id, caller)
            return Exported(
                user,
                repositories.users.former_names(user.id),
                repositories.sessions.of_user(user.id),
                repositories.recovery.left(user.id),
                repositories.passkeys.of_user(user.id),
                repositories.security.of_user(user.id, EXPORTED_LINES),
            )

        await self.unit_of_work.run(lambda repositories: require_proof(repositories, caller, self.clock()))
        await self.limiter.hit(Rates.EXPORT_ACCOUNT, caller.session_id)
        return await self.unit_of_work.run(read)

    async def reactions(self, caller: Caller) -> AsyncIterator[Sequence[Given]]:
        """Pages of the reactions that the member gave."""
        last: Given | None = None
        while page := await self.unit_of_work.run(partial(_given, caller=caller, after=last)):
            last = page[-1]
            yield page


def _given(repositories: Repositories, caller: Caller, after: Given | None) -> Sequence[Given]:
    member = require_member(repositories, caller)
    return repositories.messages.given(member_key(member.id), after, GIVEN_AT_ONCE)


@dataclass(frozen=True, slots=True)
class LeaveAccount:
    """Delete the caller's account: at once for everybody but its owner, who may come back for seven days."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, caller: Caller, *, takes_messages: bool) -> datetime:
        """Mark the account as leaving; returns when it will be gone.

        Every session ends, the caller's too. `NotAllowed` for a guest, `ProofNeeded`.
        """

        def leave(repositories: Repositories) -> tuple[datetime, list[str]]:
            now = self.clock()
            member, gone_at = require_proof(repositories, caller, now), now + COME_BACK_WITHIN
            repositories.users.leave(member.id, gone_at, takes_messages=takes_messages)
            record(repositories, now, SecurityEvent.LEAVING, member.id, caller)
            return gone_at, end_all(repositories, member, self.clock)

        gone_at, ended = await self.unit_of_work.run(leave)
        for session_id in ended:
            await self.bus.publish(SessionRevoked(session_id))
        return gone_at


@dataclass(frozen=True, slots=True)
class PurgeAccounts:
    """Delete accounts whose owners left and did not come back, in transactions that hold nobody up for long.

    What is left of one that was interrupted is done the next time; its row goes last.
    """

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self) -> int:
        """Do it now; returns how many accounts. Several workers may: each takes what the others have left."""
        total = 0
        while departed := await self.unit_of_work.run(lambda r: r.users.departed(self.clock() - _MARGIN)):
            await self._purge(departed.user, erase=departed.takes_messages)
            total += 1
        if total:
            _log.info("purged %d accounts", total)
        return total

    async def _purge(self, user: User, *, erase: bool) -> None:
        await self._in_batches(partial(_let_messages_go, user=user, erase=erase, now=self.clock()))
        await self._in_batches(partial(_take_reactions_back, user=user))
        for forget in (
            lambda r: r.security.forget(user.id, FORGOTTEN_AT_ONCE),
            lambda r: r.sessions.disown(user.id, FORGOTTEN_AT_ONCE),
        ):
            forgotten = 1
            while forgotten:
                forgotten = await self.unit_of_work.run(forget)
        former = await self.unit_of_work.run(lambda r: r.users.former_names(user.id))
        for name in (user.username, *(each.name for each in former)):
            after: int | None = 0
            while after is not None:
                after = await self.unit_of_work.run(partial(_rename, name=name, after=after))
        await self.unit_of_work.run(partial(_delete, user=user))
        await self.bus.publish(QueueChanged())  # open pages of moderators have the name

    async def _in_batches(self, work: Callable[[Repositories], tuple[int, Sequence[Event]]]) -> None:
        while True:
            count, events = await self.unit_of_work.run(work)
            await self.bus.publish(*events)
            if not count:
                return
            await asyncio.sleep(0)


def _let_messages_go(
    repositories: Repositories, user: User, *, erase: bool, now: datetime
) -> tuple[int, Sequence[Event]]:
    """Take the author off a batch of messages, and the text of those that no room shows, or of all if `erase`."""
    found = repositories.messages.of_member(user.id, ERASED_AT_ONCE)
    changed, emptied = [], []
    for before in locked(repositories, [each.id for each in found]):
        if before.author.user_id != user.id:
            continue
        # A message that is or was shown takes a revision: open tabs have the name.
        revision = repositories.rooms.next_revision(before.room) if before.revision else 0
        after = before.disown(revision)
        if erase or before.status is not MessageStatus.VISIBLE:
            answered = before.stub or repositories.messages.is_answered(before.id)
            after = after.erase(revision).keeping_place(answered=answered)
            emptied.append(after)
            repositories.queue.close(after.id)
        changed.append(after)
    repositories.messages.save_all(emptied)
    repositories.messages.save_authors(changed)
    repositories.audit.forget([each.id for each in emptied])
    repositories.reports.forget([each.id for each in emptied], now)
    return len(found), [*announcements(changed), *([QueueChanged()] if emptied else [])]


def _take_reactions_back(repositories: Repositories, user: User) -> tuple[int, Sequence[Event]]:
    """Take back some of the reactions that the member gave."""
    reader = member_key(user.id)
    ids = {message_id for message_id, _ in repositories.messages.given(reader, None, ERASED_AT_ONCE)}
    changed = []
    answered = locked(repositories, ids)
    own = repositories.messages.reactions_of(reader, list(ids))
    for message in answered:
        revision = repositories.rooms.next_revision(message.room) if message.revision else 0
        after = message
        for sign in own.get(message.id, ()):
            repositories.messages.react(message.id, reader, sign, given=False)
            after = after.react(sign, -1, revision)
        repositories.messages.save(after)
        changed.append(after)
    return len(ids), announcements(changed)


def locked(repositories: Repositories, ids: Iterable[str]) -> list[Message]:
    """Messages by room, locked in the order of their ids and before any room: two writers could wait for each other."""
    found = [repositories.messages.lock(each) for each in sorted(ids)]
    return sorted((each for each in found if each), key=lambda each: str(each.room))


def announcements(changed: Sequence[Message]) -> list[Event]:
    rooms: dict[str, list[Message]] = {}
    for each in changed:
        if each.revision:
            rooms.setdefault(str(each.room), []).append(each)
    return [RoomChanged(room, tuple(each), ("",) * len(each)) for room, each in rooms.items()]


def _rename(repositories: Repositories, name: Username, after: int) -> int | None:
    return repositories.audit.rename(str(name), FORMER, after, LOOKED_THROUGH_AT_ONCE)


def _delete(repositories: Repositories, user: User) -> None:
    key = member_key(user.id)
    repositories.rooms.unsee(key)
    repositories.mutes.lift(key)
    while hidden := repositories.mutes.hidden(key, FORGOTTEN_AT_ONCE):
        repositories.mutes.unhide(hidden)
    repositories.mutes.rename_moderator(str(user.username), FORMER)
    repositories.reports.rename(key, f"gone {secrets.token_hex(8)}")
    repositories.users.delete(user.id)
