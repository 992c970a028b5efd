"""What is read again after a loss, and who gets it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.events import Event, EventsMissed, QueueChanged, SessionRevoked
from portfolio_app.app.reread import Reread
from portfolio_app.domain.account.session import SESSION_IDLE, Session
from portfolio_app.http.chat import views
from portfolio_app.http.chat.feed import RoomReread
from portfolio_app.http.transport import resync as module
from portfolio_app.http.transport.frames.registry import CLOSE_DELAY_S
from portfolio_app.http.transport.push import MODERATION, own_room_topic, room_topic, session_topic
from portfolio_app.http.transport.resync import Resync
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.fakes.samples import LOBBY, draft, session_id
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork
from tests.waiting import until

ANN, BOB = session_id("ann"), session_id("bob")


@dataclass
class Here:
    """This worker: who is connected, and what they got."""

    topics: list[str]
    connected: set[str] = field(default_factory=set)
    frames: list[tuple[str, Any]] = field(default_factory=list)
    announced: list[tuple[str, int]] = field(default_factory=list)
    queue_announced: int = 0
    rooms_announced: int = 0
    ended: list[Event] = field(default_factory=list)

    async def send(self, topic: str, _state: object, *, arrivals: list[dict[str, Any]]) -> None:
        self.frames.append((topic, [row["status"] for row in arrivals]))

    def announce(self, room: str, revision: int) -> None:
        self.announced.append((room, revision))

    async def announce_rooms(self) -> None:
        self.rooms_announced += 1

    async def announce_queue(self) -> None:
        self.queue_announced += 1

    async def on_event(self, event: Event) -> None:
        self.ended.append(event)


@pytest.fixture
def here() -> Here:
    mine = [room_topic("lobby"), own_room_topic("lobby", ANN), own_room_topic("lobby", BOB)]
    return Here([*mine, room_topic("cellar"), session_topic(ANN), MODERATION, "sid"], {ANN, BOB})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def unit_of_work(clock: FakeClock) -> FakeUnitOfWork:
    return FakeUnitOfWork(Store(), clock)


@pytest.fixture
async def resync(
    here: Here, unit_of_work: FakeUnitOfWork, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Resync]:
    monkeypatch.setattr(module, "PAUSE_S", 0.01)
    monkeypatch.setattr(views, "services", lambda: SimpleNamespace(read_pieces=lambda _: ()))
    push = SimpleNamespace(topics=lambda: here.topics, send=here.send)
    registry = SimpleNamespace(sessions=lambda: here.connected, on_event=here.on_event)
    streams = SimpleNamespace(sessions=lambda: here.connected, on_event=here.on_event)
    resync, reread = Resync(), Reread(unit_of_work, clock)
    connections: tuple[Any, ...] = (registry, streams)
    for each in connections:
        resync.end_sessions(each, reread)
    rooms: Any = (push, here)
    resync.add(RoomReread(*rooms, reread))
    resync.add(here.announce_queue)
    running = asyncio.create_task(resync.run())
    yield resync
    running.cancel()


async def passed(resync: Resync, passes: int = 1) -> None:
    await until(lambda: resync.passes >= passes)


async def test_rooms_with_tabs_are_announced_with_their_revision(
    here: Here, resync: Resync, unit_of_work: FakeUnitOfWork, clock: FakeClock
) -> None:
    journal = FakeJournal(unit_of_work, FakeBus())
    for body in ("one", "two"):
        await journal.append(draft(clock, body))
    await resync.on_event(EventsMissed("gap"))
    await passed(resync)
    assert here.announced == [(str(LOBBY), 2)]
    assert here.queue_announced == 1
    assert here.frames == here.ended == []


async def test_own_messages_that_nobody_else_saw_are_sent_to_their_session_alone(
    here: Here, resync: Resync, unit_of_work: FakeUnitOfWork, clock: FakeClock
) -> None:
    journal = FakeJournal(unit_of_work, FakeBus())
    kept, gone = [(await journal.append(draft(clock, body, held=True, by="ann"))).message for body in "ab"]
    await unit_of_work.run(lambda r: r.messages.save(gone.remove(0)))
    await resync.on_event(EventsMissed("gap"))
    await passed(resync)
    [(topic, statuses)] = here.frames
    assert topic == own_room_topic("lobby", kept.author.session_id)
    assert sorted(statuses) == ["pending", "removed"]

    await resync.on_event(EventsMissed("gap"))
    await passed(resync, 2)
    assert len(here.frames) == 1, "nothing has changed"
    await unit_of_work.run(lambda r: r.messages.save(kept.remove(0)))
    await resync.on_event(EventsMissed("gap"))
    await passed(resync, 3)
    assert here.frames[1:] == [(topic, ["removed", "removed"])]


@pytest.fixture
async def watching(resync: Resync, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Task[None]]:
    monkeypatch.setattr(module, "SESSIONS_EVERY_S", 0.01)
    task = asyncio.create_task(resync.watch_sessions())
    yield task
    task.cancel()


async def test_sessions_that_have_ended_are_ended_here_and_those_replaced_just_now_as_replaced(
    here: Here, watching: asyncio.Task[None], unit_of_work: FakeUnitOfWork, clock: FakeClock
) -> None:
    here.connected.add(session_id("expired"))
    expired = Session.start(session_id("expired"), clock() - SESSION_IDLE)
    revoked = session_id("signed out by another browser")
    here.connected.add(revoked)
    await unit_of_work.run(lambda r: r.sessions.revoke(ANN, clock(), replaced=True))
    clock.advance(seconds=60)
    await unit_of_work.run(lambda r: r.sessions.revoke(BOB, clock(), replaced=True))
    await unit_of_work.run(lambda r: r.sessions.revoke(revoked, clock()))
    await unit_of_work.run(lambda r: r.sessions.revoke(session_id("elsewhere"), clock()))
    await unit_of_work.run(lambda r: r.sessions.add(expired))
    once = [
        SessionRevoked(ANN),
        SessionRevoked(BOB, replaced=True),
        SessionRevoked(revoked),
        SessionRevoked(expired.id),
    ]
    await until(lambda: len(here.ended) >= 16)
    assert {str(each) for each in here.ended} == set(map(str, once))
    assert all(here.ended.count(each) >= 2 for each in once), "sockets and streams"
    assert not watching.done()


async def test_sessions_are_looked_for_again_once_the_database_is_back(
    here: Here, watching: asyncio.Task[None], unit_of_work: FakeUnitOfWork, clock: FakeClock
) -> None:
    for failure in (Unavailable(), RuntimeError("anything else")):
        unit_of_work.failure = failure
        await until(lambda failure=failure: failure.__traceback__)  # it was raised
    unit_of_work.failure = None
    await unit_of_work.run(lambda r: r.sessions.revoke(ANN, clock()))
    await until(lambda: here.ended)
    assert not watching.done()


def test_a_session_ends_in_every_worker_within_a_second() -> None:
    assert module.SESSIONS_EVERY_S + CLOSE_DELAY_S < 1


async def test_losses_in_a_row_are_one_pass_more_at_most_and_other_events_none(
    here: Here, resync: Resync
) -> None:
    await resync.on_event(QueueChanged())
    assert not resync._due.is_set()
    for _ in range(100):
        await resync.on_event(EventsMissed("gap"))
    await passed(resync)
    assert not resync._due.is_set(), "none of the hundred is left over"
    assert resync.passes == 1


async def test_a_database_that_is_away_is_asked_again(
    here: Here, resync: Resync, unit_of_work: FakeUnitOfWork
) -> None:
    away = unit_of_work.failure = Unavailable()
    await resync.on_event(EventsMissed("gap"))
    await until(lambda: away.__traceback__)  # it was raised
    assert resync.passes == 0
    unit_of_work.failure = None
    await passed(resync)
