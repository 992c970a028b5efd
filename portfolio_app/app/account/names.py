"""A member takes another username; what was written under the earlier one, or mentions it, follows."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from portfolio_app.app.account.elevate import require_proof
from portfolio_app.app.account.leave import LOOKED_THROUGH_AT_ONCE, announcements, locked
from portfolio_app.app.account.record import MOST_TOLD, record
from portfolio_app.app.caller import Caller, shortened
from portfolio_app.app.chat.own_messages import ERASED_AT_ONCE
from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.events import AccountNews, Event, QueueChanged
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.ports.users import MOST_STAFF, FormerName
from portfolio_app.app.repeat import Aside
from portfolio_app.domain.account.user import User, Username
from portfolio_app.domain.chat.message import MessageBody, member_key
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.text import full_minute

_log = logging.getLogger(__name__)
RENAME_EVERY: Final = timedelta(days=30)
NAME_KEPT: Final = timedelta(days=90)
"""The time in which nobody else gets a name that was given up: as long as the audit trail, in which it was read."""
_MARGIN: Final = timedelta(minutes=1)
"""A wait longer than any transaction: a message that was being posted under the earlier name is stored by then."""
_FOLLOWED_AT_ONCE: Final = 100


def holder_of(repositories: Repositories, name: Username, now: datetime) -> User | None:
    """The user who has a name, or gave it up lately."""
    has = repositories.users.by_username(name)
    # Asked in any case: the time must not tell which it is.
    had = repositories.users.formerly(name, now - NAME_KEPT)
    return has or had


def check_unlike_staff(repositories: Repositories, name: Username, but: int = 0) -> None:
    """`InvalidValue` for a name that reads like a moderator's, other than the one with the id `but`."""
    staff = repositories.users.staff(MOST_STAFF)
    if any(name.resembles(each.username) for each in staff if each.id != but):
        raise InvalidValue("username", "That username could be taken for a moderator's.")


@dataclass(frozen=True, slots=True)
class FollowNames:
    """Put a member's name into messages, mentions and audit trail in the place of an earlier one.

    In transactions that hold nobody up for long: each changed message is a revision of its room. What is left of one
    that was interrupted is done the next time, and so is what was being posted meanwhile.
    """

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock
    read: ReadPieces
    aside: Aside = field(default_factory=lambda: Aside("following a change of username"))

    async def __call__(self) -> int:
        """Do it for the names of which it is not known to be done; returns how many."""
        before = self.clock() - _MARGIN
        waiting = await self.unit_of_work.run(lambda r: r.users.unfollowed(before, _FOLLOWED_AT_ONCE))
        for former in waiting:
            await self.follow(former)
            await self.unit_of_work.run(partial(_close, name=former.name))
        return len(waiting)

    def begin(self, former: FormerName) -> None:
        """Do it once, beside the request."""
        self.aside.begin(self.follow(former))

    async def follow(self, former: FormerName) -> None:
        """Do it for one name."""
        changed, after = 0, ""
        while True:
            found, last, events = await self.unit_of_work.run(partial(self._some, former=former, after=after))
            await self.bus.publish(*events)
            changed += found
            if last is None:
                break
            after = last
            await asyncio.sleep(0)
        line: int | None = 0
        while line is not None:
            line = await self.unit_of_work.run(partial(_rename_lines, former=former, after=line))
        await self.bus.publish(QueueChanged())  # of what waits, is reported or muted, and of the trail
        _log.info("%d messages follow a change of username", changed)

    def _some(
        self, repositories: Repositories, former: FormerName, after: str
    ) -> tuple[int, str | None, list[Event]]:
        user = repositories.users.get(former.user_id)
        if user is None:  # deleted meanwhile
            return 0, None, []
        named = repositories.messages.naming(user, former.name, after, LOOKED_THROUGH_AT_ONCE, ERASED_AT_ONCE)
        changed = []
        for before in locked(repositories, named.ids):
            name = str(user.username) if before.author.user_id == user.id else before.author.name
            body = self.read.renamed(str(before.body), former.name, user.username)
            if (name, body) == (before.author.name, str(before.body)):
                continue
            revision = repositories.rooms.next_revision(before.room) if before.revision else 0
            changed.append(before.rename(name, MessageBody.stored(body), revision))
        repositories.messages.save_all(changed)
        repositories.messages.save_authors(changed)
        return len(changed), named.after, announcements(changed)


def _rename_lines(repositories: Repositories, former: FormerName, after: int) -> int | None:
    user = repositories.users.get(former.user_id)
    if user is None:
        return None
    name = str(user.username)
    return repositories.audit.rename(
        str(former.name), name, after, LOOKED_THROUGH_AT_ONCE, keeps_given_up=True
    )


def _close(repositories: Repositories, name: Username) -> None:
    repositories.users.followed(name)


@dataclass(frozen=True, slots=True)
class ChangeUsername:
    """Give the caller's account another name, once in `RENAME_EVERY`; the earlier one is kept from others."""

    unit_of_work: UnitOfWork
    limiter: RateLimiter
    bus: Bus
    clock: Clock
    names: FollowNames

    async def __call__(self, caller: Caller, username: str) -> Username:
        """Change the username and return it; every open tab of the account shows it.

        `InvalidValue` names `username`, `AlreadyTaken`, `NotAllowed` for a guest, `ProofNeeded`, `RateLimited`.
        """
        name = Username.claim(username)
        await self.unit_of_work.run(lambda repositories: require_proof(repositories, caller, self.clock()))
        await self.limiter.hit(Rates.REGISTER_NETWORK, caller.network)
        former, told = await self.unit_of_work.run(lambda r: self._change(r, caller, name))
        if former is None:
            raise AlreadyTaken
        await self.bus.publish(told)
        self.names.begin(former)
        return name

    def _change(
        self, repositories: Repositories, caller: Caller, name: Username
    ) -> tuple[FormerName | None, AccountNews]:
        now, users = self.clock(), repositories.users
        member = require_proof(repositories, caller, now)
        ids = [each.id for each in repositories.sessions.of_user(member.id)]
        about = shortened(caller.network)
        told = AccountNews(tuple(ids[:MOST_TOLD]), SecurityEvent.USERNAME_CHANGED, about, str(name))
        _check_due(repositories, member, name, now)
        holder = holder_of(repositories, name, now)
        if holder is not None and holder.id != member.id:
            record(repositories, now, SecurityEvent.CLAIMED, holder.id, caller)
            return None, told
        check_unlike_staff(repositories, name, but=member.id)
        users.rename(member.id, name, now)
        repositories.mutes.relabel(member_key(member.id), str(name))
        repositories.mutes.rename_moderator(str(member.username), str(name))
        old, new = str(member.username), str(name)
        repositories.audit.add(AuditEntry(now, new, Action.RENAMED, old, caller.request_id))
        record(repositories, now, SecurityEvent.USERNAME_CHANGED, member.id, caller, detail=f"{old} → {new}")
        return FormerName(member.username, member.id, now), told


def _check_due(repositories: Repositories, member: User, name: Username, now: datetime) -> None:
    if name == member.username:
        raise InvalidValue("username", "That is the username you have.")
    last = next(iter(repositories.users.former_names(member.id)), None)
    if last is not None and now - last.since < RENAME_EVERY:
        due = full_minute(last.since + RENAME_EVERY)
        raise InvalidValue("username", f"You can take another username from {due} on.")
