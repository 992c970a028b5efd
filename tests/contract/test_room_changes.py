"""Window and frames in any order, with losses and repeats, end as a fresh reading: for every kind of change."""

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
from portfolio_app.domain.errors import DomainError
from tests.contract.conftest import Storage
from tests.fakes.clock import FakeClock
from tests.fakes.limiter import FakeLimiter
from tests.fakes.samples import LOBBY, caller, draft, session_id, user

CHANGES = 120
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
class Room:
    """Everybody who changes it."""

    storage: Storage
    chance: random.Random
    posted: list[Message] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    """How often each kind of change was one: published to the room."""

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

    async def appoint(self) -> None:
        """Make a moderator."""
        storage = self.storage
        member = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock, "mod-1")))
        session = Session.start(session_id("mod"), storage.clock(), member.id)
        await storage.unit_of_work.run(lambda r: r.sessions.add(session))
        await SetRole(storage.unit_of_work, storage.clock)("mod-1", Role.MODERATOR)

    async def change(self) -> None:
        """One change of a random kind; what the rules refuse is no change."""
        kinds: list[Callable[[], Awaitable[object]]] = [
            self._post, self._post, self._post, self._hold, self._edit, self._edit, self._delete,
            lambda: self._decide(Decision.APPROVE), lambda: self._decide(Decision.REMOVE),
            lambda: self._decide(Decision.RESTORE), self._answer, self._answer, self._react, self._react, self._ban,
            self._mute, self._withdraw, self._erase, self._report, self.expire,
        ]  # fmt: skip
        kind, before = self.chance.choice(kinds), len(self.frames())
        self.storage.clock.advance(seconds=self.chance.randrange(10))
        try:
            await kind()
        except (DomainError, NotFound, Muted):
            return
        finally:
            self.done[getattr(kind, "__name__", "expire")] += len(self.frames()) > before

    async def page(self, part: Part) -> HistoryPage:
        """A page in any direction, around a time or around a message."""
        toward = self.chance.choice([*Toward])
        at = int(self.storage.clock.now.timestamp() * 1000) - self.chance.randrange(900_000)
        shown = await self.storage.unit_of_work.run(lambda r: r.messages.shown_from(LOBBY, 0, 999))
        around = self.chance.choice([message for message in shown if not message.stub] or [None])
        if toward is Toward.MESSAGE and around is None:
            toward = Toward.NEWEST
        return await self.history("lobby", toward, part, at, message=around.id if around else "")

    def frames(self) -> list[tuple[Message, ...]]:
        """What was pushed to everybody so far."""
        return [event.messages for event in self.storage.bus.events if isinstance(event, RoomChanged)]

    def own_frames(self, by: str) -> list[Message]:
        """What was pushed to one author alone so far."""
        events = (event for event in self.storage.bus.events if isinstance(event, HeldChanged))
        return [event.message for event in events if event.session_id == session_id(by)]

    async def _post(self, *, held: bool = False) -> None:
        by = self.chance.choice(AUTHORS)
        body = f"text {len(self.posted)}"
        receipt = await self.storage.journal.append(draft(self.storage.clock, body, held=held, by=by))
        self.posted.append(receipt.message)

    async def _hold(self) -> None:
        await self._post(held=True)

    async def _answer(self) -> None:
        if self.posted:
            to, by = self.chance.choice(self.posted).id, self.chance.choice(AUTHORS)
            receipt = await self.storage.journal.append(
                draft(self.storage.clock, "an answer", by=by, reply_to=to)
            )
            self.posted.append(receipt.message)

    async def _react(self) -> None:
        if self.posted:
            message, sign = self.chance.choice(self.posted), self.chance.choice([*Sign])
            by = caller(self.chance.choice(AUTHORS))
            await self.react(by, message.id, sign, given=self.chance.random() < 0.7)

    async def _edit(self) -> None:
        if self.posted:
            message = self.chance.choice(self.posted)
            by = next(name for name in AUTHORS if session_id(name) == message.author.session_id)
            await self.changes.edit(caller(by), message.id, f"{message.body} edited")

    async def _delete(self) -> None:
        if self.posted:
            message = self.chance.choice(self.posted)
            by = next(name for name in AUTHORS if session_id(name) == message.author.session_id)
            await self.changes.delete(caller(by), message.id)

    async def _ban(self) -> None:
        if self.posted:
            author = self.chance.choice(self.posted)
            banned = await self.mutes.ban(caller("mod"), author.id)
            if self.chance.random() < 0.8:
                await self._decide(Decision.RESTORE)
            await self.mutes.lift(caller("mod"), banned.mute.handle)

    async def _mute(self) -> None:
        """What a muted author tries is no change; afterwards they write again."""
        if self.posted:
            author = self.chance.choice(self.posted).author
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
            before, message = len(self.frames()), self.chance.choice(self.posted)
            await self.report(caller("eve"), message.id, "why")
            assert await self.report(caller("eve"), message.id) is False
            if self.chance.random() < 0.5:
                await self._decide(Decision.KEEP, message)
            assert len(self.frames()) == before

    async def _withdraw(self) -> None:
        if self.posted:
            message = self.chance.choice(self.posted)
            by = next(name for name in AUTHORS if session_id(name) == message.author.session_id)
            await self.withdraw(caller(by), "lobby", str(message.client_id))

    async def _erase(self) -> None:
        async for _ in self.own.erase(caller(self.chance.choice(AUTHORS))):
            pass

    async def _decide(self, decision: Decision, message: Message | None = None) -> None:
        if self.posted:
            await self.decide(caller("mod"), (message or self.chance.choice(self.posted)).id, decision)


async def run(room: Room, *, pages: bool) -> None:
    """Open a window in the middle of everything, deliver frames badly, repair, and compare."""
    storage, chance = room.storage, room.chance
    await room.appoint()
    for _ in range(CHANGES // 2):
        await room.change()
    opened = await OpenRoom(storage.unit_of_work)(caller(READER), "lobby")
    tab = Tab(opened.room.revision, Part(opened.low, END))
    tab.take(*opened.messages, *opened.held)
    delivered, told = len(room.frames()), len(room.own_frames(READER))
    late = [await room.history("lobby", Toward.TIME, tab.part)]
    for _ in range(CHANGES // 2):
        await room.change()
        if pages and chance.random() < 0.2:
            late.append(await room.page(tab.part))
        if pages and late and chance.random() < 0.3:
            tab.turn(late.pop(chance.randrange(len(late))))
        frames = room.frames()
        fresh_ones, delivered = frames[delivered:], len(frames)
        arriving = [frame for frame in fresh_ones if chance.random() < 0.95]
        for frame in (*arriving, *chance.sample(frames, min(len(frames), 1))):
            tab.arrive(*frame)
        own = room.own_frames(READER)
        tab.arrive(*own[max(0, told - 1) :])  # the last one once more
        told = len(own)
    await repair(room, tab)
    window = await OpenRoom(storage.unit_of_work)(caller(READER), "lobby")
    assert tab.held() == sorted(window.held, key=lambda message: message.id)
    fresh = await storage.unit_of_work.run(
        lambda r: r.messages.shown_from(opened.room.slug, tab.part.low, 999)
    )
    assert tab.shown() == [message for message in fresh if message.position < tab.part.high]
    assert all(message.body.value == m.body.value for message, m in zip(tab.shown(), fresh, strict=False))


async def repair(room: Room, tab: Tab) -> None:
    """Ask for what comes after the last revision that is there, until nothing does; answers get lost, too."""
    while True:
        answer = await CatchUp(room.storage.unit_of_work)("lobby", tab.last)
        assert answer is not None
        if room.chance.random() < 0.2:
            continue
        tab.arrive(*answer.messages)
        tab.settle(answer.upto)
        if tab.last == answer.revision:
            return


@pytest.mark.parametrize("seed", range(6))
async def test_window_and_frames_in_any_order_end_as_a_fresh_reading(
    storage: Storage, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("history.PAGE", 6), ("history.MOST", 15), ("read_room.WINDOW", 12)):
        monkeypatch.setattr(f"portfolio_app.app.chat.{name}", value)
    monkeypatch.setattr("portfolio_app.app.moderation.mute.AT_ONCE", 7)
    monkeypatch.setattr("portfolio_app.app.chat.own_messages.ERASED_AT_ONCE", 5)
    await run(Room(storage, random.Random(seed)), pages=seed % 2 == 1)
