"""Window and frames in any order, with losses and repeats, end as a fresh reading: for every kind of change in
every room."""

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
from portfolio_app.app.chat.read_room import CatchUp, OpenRoom
from portfolio_app.app.chat.withdraw_message import WithdrawMessage
from portfolio_app.app.errors import Muted, NotFound
from portfolio_app.app.events import HeldChanged, RoomChanged
from portfolio_app.app.moderation.decide import DecideOnMessage, Decision
from portfolio_app.app.moderation.mute import MuteAuthors
from portfolio_app.app.moderation.report import ReportMessage
from portfolio_app.app.ports.messages import END
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.message import Message, MessageStatus
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.domain.chat.mute import MuteLength
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.domain.errors import DomainError
from tests.contract.conftest import Storage
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.fakes.limiter import FakeLimiter
from tests.fakes.samples import LOBBY, caller, draft, session_id, user

CHANGES = 200
ROOMS = (LOBBY, RoomSlug("second"))
AUTHORS = ("ann", "bob")
READER = "ann"
"""Whose tab it is: one of the authors, who also sees what of theirs waits for a moderator."""


@dataclass
class Tab:
    """What a tab has of the room, merged by the rules of `room.js` and `revisions.js`."""

    last: int
    part: Part
    rows: dict[str, Message] = field(default_factory=dict)
    ahead: set[int] = field(default_factory=set)

    def arrive(self, *messages: Message) -> None:
        """Merge a frame or an answer; what came before the last revision, and is not there, is gone by now."""
        self.take(*(m for m in messages if not m.revision or m.revision > self.last or m.id in self.rows))

    def take(self, *messages: Message) -> None:
        """Merge messages."""
        for message in messages:
            known = self.rows.get(message.id)
            if known is None or message.revision >= known.revision:
                self.rows[message.id] = message
            self.ahead.add(message.revision)
        self.settle(self.last)
        low, high = self.part.low, self.part.high
        self.rows = {m.id: m for m in self.rows.values() if not m.position or low <= m.position < high}

    def settle(self, revision: int) -> None:
        """Everything up to `revision` has been sent."""
        self.last = max(self.last, revision)
        while self.last + 1 in self.ahead:
            self.last += 1
        self.ahead = {known for known in self.ahead if known > self.last}

    def turn(self, page: HistoryPage) -> None:
        """Merge a page; one for another part than the tab has is of no use."""
        if page.joins not in (None, self.part):
            return
        self.part, self.last, self.ahead = page.part, min(page.room.revision, self.last), set()
        self.take(*page.messages)

    def held(self) -> list[Message]:
        """The rows that wait for a moderator."""
        return sorted(
            (m for m in self.rows.values() if m.status is MessageStatus.PENDING), key=lambda m: m.id
        )

    def shown(self) -> list[Message]:
        """The rows from top to bottom."""
        shown = (m for m in self.rows.values() if m.is_shown)
        return sorted(shown, key=lambda m: m.position)


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


UNSEEN = {"hold", "report"}
"""Kinds of change that only author and moderators see. The fake journal makes other ids than those withdrawn."""


@dataclass
class Watcher:
    """The reader's tab in one room, on a line that loses, repeats and delays what is sent."""

    crowd: Crowd
    room: RoomSlug
    tab: Tab = field(init=False)

    async def open(self) -> None:
        """Read the window; what was pushed before is not pushed again."""
        opened = await OpenRoom(self.crowd.storage.unit_of_work)(caller(READER), str(self.room))
        self.tab = Tab(opened.room.revision, Part(opened.low, END))
        self.tab.take(*opened.messages, *opened.held)
        self.delivered = len(self.crowd.frames(self.room))
        self.opened = self.told = len(self.crowd.own_frames(READER, self.room))
        self.late = [await self.crowd.history(str(self.room), Toward.TIME, self.tab.part)]

    async def look(self, *, pages: bool) -> None:
        """Turn a page, perhaps, and hear what has come since the last time, and something of before once more."""
        crowd, chance = self.crowd, self.crowd.chance
        if pages and chance.random() < 0.2:
            self.late.append(await crowd.page(self.room, self.tab.part))
        if pages and self.late and chance.random() < 0.3:
            self.tab.turn(self.late.pop(chance.randrange(len(self.late))))
        frames = crowd.frames(self.room)
        fresh_ones, self.delivered = frames[self.delivered :], len(frames)
        arriving = [frame for frame in fresh_ones if chance.random() < 0.95]
        for frame in (*arriving, *chance.sample(frames, min(len(frames), 1))):
            self.tab.arrive(*frame)
        own = crowd.own_frames(READER, self.room)
        # The last one once more: not from before it was opened, as a session's own frames are kept nowhere.
        self.tab.arrive(*own[max(self.opened, self.told - 1) :])
        self.told = len(own)

    async def repair(self) -> None:
        """Ask for what comes after the last revision that is there, until nothing does; answers get lost, too."""
        while True:
            answer = await CatchUp(self.crowd.storage.unit_of_work)(str(self.room), self.tab.last)
            assert answer is not None
            if self.crowd.chance.random() < 0.2:
                continue
            self.tab.arrive(*answer.messages)
            self.tab.settle(answer.upto)
            if self.tab.last == answer.revision:
                return

    async def compare(self) -> None:
        """The tab shows what a fresh reading of its part of the room does."""
        work, part = self.crowd.storage.unit_of_work, self.tab.part
        window = await OpenRoom(work)(caller(READER), str(self.room))
        assert self.tab.held() == sorted(window.held, key=lambda message: message.id)
        fresh = await work.run(lambda r: r.messages.shown_from(self.room, part.low, 999))
        assert self.tab.shown() == [message for message in fresh if message.position < part.high]
        assert all(
            message.body.value == m.body.value for message, m in zip(self.tab.shown(), fresh, strict=False)
        )


async def run(crowd: Crowd, *, pages: bool) -> None:
    """Open the rooms in the middle of everything, deliver frames badly, repair, and compare."""
    await crowd.prepare()
    for _ in range(CHANGES // 2):
        await crowd.change()
    watchers = [Watcher(crowd, room) for room in ROOMS]
    for watcher in watchers:
        await watcher.open()
    for _ in range(CHANGES // 2):
        await crowd.change()
        for watcher in watchers:
            await watcher.look(pages=pages)
    for watcher in watchers:
        await watcher.repair()
        await watcher.compare()


@pytest.mark.parametrize("seed", range(6))
async def test_window_and_frames_in_any_order_end_as_a_fresh_reading_of_every_room(
    storage: Storage, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("history.PAGE", 6), ("history.MOST", 15), ("read_room.WINDOW", 12)):
        monkeypatch.setattr(f"portfolio_app.app.chat.{name}", value)
    monkeypatch.setattr("portfolio_app.app.moderation.mute.AT_ONCE", 7)
    monkeypatch.setattr("portfolio_app.app.chat.own_messages.ERASED_AT_ONCE", 5)
    crowd = Crowd(storage, random.Random(seed))
    await run(crowd, pages=seed % 2 == 1)
    unseen = UNSEEN | ({"withdraw"} if isinstance(storage.journal, FakeJournal) else set())
    assert {kind for kind, times in crowd.done.items() if not times} <= unseen, "all the others were changes"
