"""Everybody who changes the rooms, one change of a random kind after the other."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from portfolio_app.app.account.set_role import SetRole
from portfolio_app.app.chat.change_message import ChangeMessage
from portfolio_app.app.chat.history import HistoryPage, Part, ReadHistory, Toward
from portfolio_app.app.chat.own_messages import ExpireMessages, OwnMessages
from portfolio_app.app.chat.react import ReactToMessage
from portfolio_app.app.chat.withdraw_message import WithdrawMessage
from portfolio_app.app.errors import Muted, NotFound
from portfolio_app.app.events import HeldChanged, RoomChanged
from portfolio_app.app.moderation.decide import DecideOnMessage, Decision
from portfolio_app.app.moderation.mute import MuteAuthors
from portfolio_app.app.moderation.report import ReportMessage
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.domain.chat.mute import MuteLength
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.domain.errors import DomainError
from tests.contract.conftest import Storage
from tests.fakes.clock import FakeClock
from tests.fakes.limiter import FakeLimiter
from tests.fakes.samples import LOBBY, caller, draft, session_id, user

ROOMS = (LOBBY, RoomSlug("second"))
AUTHORS = ("ann", "bob")


@dataclass
class Crowd:
    """Everybody who changes the rooms."""

    storage: Storage
    chance: random.Random
    posted: list[Message] = field(default_factory=list)
    held: list[Message] = field(default_factory=list)
    taken_down: list[Message] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    """How often each kind of change was one: published to everybody in a room."""

    def __post_init__(self) -> None:
        work, bus, clock = self.storage.unit_of_work, self.storage.bus, self.storage.clock
        self.changes = ChangeMessage(work, bus, clock, FakeLimiter(), ModerationPolicy())
        self.react = ReactToMessage(work, bus, FakeClock(), FakeLimiter())
        self.mutes = MuteAuthors(work, bus, clock)
        self.decide = DecideOnMessage(work, bus, clock)
        self.report = ReportMessage(work, bus, clock, FakeLimiter())
        self.history = ReadHistory(work)
        self.own = OwnMessages(work, bus, clock, FakeLimiter())
        self.expire = ExpireMessages(work, bus, clock, timedelta(minutes=8))
        self.withdraw = WithdrawMessage(self.storage.journal, work, bus, clock)

    async def prepare(self) -> None:
        """Make the rooms and a moderator."""
        storage = self.storage
        await storage.unit_of_work.run(lambda r: r.rooms.add(Room(ROOMS[1], "Second")))
        member = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock, "mod-1")))
        session = Session.start(session_id("mod"), storage.clock(), member.id)
        await storage.unit_of_work.run(lambda r: r.sessions.add(session))
        await SetRole(storage.unit_of_work, storage.clock)("mod-1", Role.MODERATOR)

    async def change(self) -> None:
        """One change of a random kind; what the rules refuse is no change."""
        kinds: list[Callable[[], Awaitable[object]]] = [
            self._post, self._post, self._post, self._hold, self._edit, self._edit, self._delete, self._approve,
            self._remove, self._restore, self._answer, self._answer, self._react, self._react, self._ban, self._mute,
            self._withdraw, self._report, self._expire, self.chance.choice([self._erase, *[self._post] * 4]),
        ]  # fmt: skip
        kind, before = self.chance.choice(kinds), len(self.frames())
        self.storage.clock.advance(seconds=self.chance.randrange(16))
        try:
            await kind()
        except (DomainError, NotFound, Muted):
            return
        finally:
            self.done[kind.__name__.strip("_")] += len(self.frames()) > before

    async def page(self, room: RoomSlug, part: Part) -> HistoryPage:
        """A page in any direction, around a time or around a message."""
        toward = self.chance.choice([*Toward])
        at = int(self.storage.clock.now.timestamp() * 1000) - self.chance.randrange(900_000)
        shown = await self.storage.unit_of_work.run(lambda r: r.messages.shown_from(room, 0, 999))
        around = self.chance.choice([message for message in shown if not message.stub] or [None])
        if toward is Toward.MESSAGE and around is None:
            toward = Toward.NEWEST
        return await self.history(str(room), toward, part, at, message=around.id if around else "")

    def frames(self, *rooms: RoomSlug) -> list[tuple[Message, ...]]:
        """What was pushed to everybody in these rooms so far, or in any."""
        events = (event for event in self.storage.bus.events if isinstance(event, RoomChanged))
        return [event.messages for event in events if event.room in map(str, rooms or ROOMS)]

    def own_frames(self, by: str, room: RoomSlug) -> list[Message]:
        """What was pushed to one author alone in a room so far."""
        events = (event for event in self.storage.bus.events if isinstance(event, HeldChanged))
        own = [event.message for event in events if event.session_id == session_id(by)]
        return [message for message in own if message.room == room]

    def _some_message(self) -> Message:
        """Mostly a recent one: of those of long ago most are gone."""
        return self.chance.choice(self.posted[-8:] if self.chance.random() < 0.9 else self.posted)

    async def _post(self, *, held: bool = False) -> None:
        by, room = self.chance.choice(AUTHORS), self.chance.choice(ROOMS)
        body = f"text {len(self.posted)}"
        receipt = await self.storage.journal.append(
            draft(self.storage.clock, body, held=held, by=by, room=room)
        )
        await self._posted(receipt.message)
        self.held += [receipt.message] * held

    async def _posted(self, message: Message) -> None:
        """Wait until it is published: the journal answers the author first."""
        while not any(message.id in repr(event) for event in self.storage.bus.events[-9:]):
            await asyncio.sleep(0)
        self.posted.append(message)

    async def _hold(self) -> None:
        await self._post(held=True)

    async def _answer(self) -> None:
        if self.posted:
            to, by = self._some_message(), self.chance.choice(AUTHORS)
            receipt = await self.storage.journal.append(
                draft(self.storage.clock, "an answer", by=by, room=to.room, reply_to=to.id)
            )
            await self._posted(receipt.message)

    async def _react(self) -> None:
        if self.posted:
            message, sign = self._some_message(), self.chance.choice([*Sign])
            by = caller(self.chance.choice(AUTHORS))
            await self.react(by, message.id, sign, given=self.chance.random() < 0.7)

    async def _edit(self) -> None:
        if self.posted:
            message = self._some_message()
            by = next(name for name in AUTHORS if session_id(name) == message.author.session_id)
            await self.changes.edit(caller(by), message.id, f"{message.body} edited")

    async def _delete(self) -> None:
        if self.posted:
            message = self._some_message()
            by = next(name for name in AUTHORS if session_id(name) == message.author.session_id)
            await self.changes.delete(caller(by), message.id)

    async def _ban(self) -> None:
        if self.posted:
            author = self._some_message()
            banned = await self.mutes.ban(caller("mod"), author.id)
            try:
                if self.chance.random() < 0.8:
                    await self._restore()
            finally:
                await self.mutes.lift(caller("mod"), banned.mute.handle)

    async def _mute(self) -> None:
        """What a muted author tries is no change; afterwards they write again."""
        if self.posted:
            author = self._some_message().author
            by = next(name for name in AUTHORS if session_id(name) == author.session_id)
            message = next(each for each in self.posted if each.author == author)
            mute = await self.mutes.mute(caller("mod"), message.id, MuteLength.TEN_MINUTES)
            before = len(self.frames())
            with pytest.raises(Muted):
                await self.storage.journal.append(draft(self.storage.clock, by=by))
            with pytest.raises(Muted):
                await self.react(caller(by), message.id, Sign.LIKE, given=True)
            assert len(self.frames()) == before
            await self.mutes.lift(caller("mod"), mute.handle)
            await self._post()

    async def _report(self) -> None:
        """A report, and that a moderator keeps what was reported, are no change of the room."""
        if self.posted:
            before, message = len(self.frames()), self._some_message()
            await self.report(caller("eve"), message.id, "why")
            assert await self.report(caller("eve"), message.id) is False
            if self.chance.random() < 0.5:
                await self._decide(Decision.KEEP, message)
            assert len(self.frames()) == before

    async def _withdraw(self) -> None:
        if self.posted:
            message = self._some_message()
            by = next(name for name in AUTHORS if session_id(name) == message.author.session_id)
            await self.withdraw(caller(by), str(message.room), str(message.client_id))

    async def _erase(self) -> None:
        async for _ in self.own.erase(caller(self.chance.choice(AUTHORS))):
            pass

    async def _expire(self) -> None:
        await self.expire()

    async def _approve(self) -> None:
        if self.held:
            await self._decide(Decision.APPROVE, self.held.pop())

    async def _remove(self) -> None:
        if self.posted:
            self.taken_down.append(message := self._some_message())
            await self._decide(Decision.REMOVE, message)

    async def _restore(self) -> None:
        if self.taken_down:
            await self._decide(Decision.RESTORE, self.taken_down.pop())

    async def _decide(self, decision: Decision, message: Message) -> None:
        await self.decide(caller("mod"), message.id, decision)
