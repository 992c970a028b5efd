"""Window and frames in any order, with losses and repeats, end as a fresh reading: for every kind of change in
every room."""

import random
from dataclasses import dataclass, field

import pytest

from portfolio_app.app.chat.history import HistoryPage, Part, Toward
from portfolio_app.app.chat.read_room import CatchUp, OpenRoom
from portfolio_app.app.ports.messages import END
from portfolio_app.domain.chat.message import Message, MessageStatus
from portfolio_app.domain.chat.room import RoomSlug
from tests.contract.conftest import Storage
from tests.contract.crowd import ROOMS, Crowd
from tests.fakes.journal import FakeJournal
from tests.fakes.samples import caller

CHANGES = 200
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


@pytest.mark.parametrize("seed", range(4))
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
