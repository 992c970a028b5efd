"""Contract of `Bus`, and of the Redis bus between workers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from redis.asyncio import Redis

from portfolio_app.app.events import (
    Event,
    EventsMissed,
    HeldChanged,
    QueueChanged,
    RoomChanged,
    RoomsChanged,
    SessionRevoked,
    SessionTraced,
    SharedChanged,
    TracesMissed,
)
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.step import Request, Step
from portfolio_app.domain.chat.message import (
    Author,
    ClientMessageId,
    Message,
    MessageBody,
    MessageStatus,
)
from portfolio_app.infra.bus import reader, stream
from portfolio_app.infra.bus.codec import encode
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.redis import STREAM, TRACES, RedisBus
from tests.fakes.bus import FakeBus
from tests.fakes.clock import START
from tests.fakes.samples import LOBBY
from tests.servers import RedisServer, redis_server
from tests.waiting import PATIENCE_S, until


def message(number: int) -> Message:
    return Message(
        id=f"m{number}",
        room=LOBBY,
        client_id=ClientMessageId(f"client-{number:04d}"),
        author=Author("demo", "ab12", "s" * 32, None),
        body=MessageBody("zażółć 👩‍👩‍👧\n<b>&</b>"),
        status=MessageStatus.VISIBLE,
        posted_at=START,
        revision=number,
        position=number,
        edited_at=START if number % 2 else None,
    )


def step(trace_id: int, request: Request | None) -> Step:
    return Step(
        trace_id, 2**63, 0, "SELECT ?", "infra", "demo.db", 1, 2, (("rows", "1"),), "a.py", 3, request
    )


EVERY_EVENT: list[Event] = [
    RoomChanged("lobby", (message(1), message(2)), ("r1", "r2")),
    HeldChanged("s" * 32, message(3), "r3"),
    QueueChanged(),
    RoomsChanged(),
    SharedChanged("kudos", 7, '{"given": 7}', "r4"),
    SessionRevoked("t" * 32),
    SessionRevoked("u" * 32, replaced=True),
    SessionTraced("s" * 32, (step(2**127 + 1, None), step(1, Request("event", "WS", "chat.send", 200, 99)))),
]


class Listener:
    """A subscriber that remembers, and can be waited for; `missed` are the losses it was told of."""

    def __init__(self, bus: Bus) -> None:
        self.heard: list[Event] = []
        self.missed: list[Event] = []
        self._more = asyncio.Event()
        bus.subscribe(self)

    async def __call__(self, event: Event) -> None:
        (self.missed if isinstance(event, EventsMissed | TracesMissed) else self.heard).append(event)
        self._more.set()

    async def wait(self, count: int) -> list[Event]:
        """What was heard, once that is `count` events."""
        await self._until(lambda: len(self.heard) >= count)
        return self.heard

    async def wait_for(self, event: Event) -> None:
        """Return once it has heard the event."""
        await self._until(lambda: event in self.heard)

    async def wait_for_loss(self, reason: str) -> None:
        """Return once it was told of such a loss."""
        await self._until(lambda: EventsMissed(reason) in self.missed)

    async def wait_for_missed_traces(self) -> None:
        """Return once it was told that traces are missing."""
        await self._until(lambda: TracesMissed() in self.missed)

    async def _until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not happened():
                self._more.clear()
                await self._more.wait()


@pytest.fixture(params=["fake", "memory", pytest.param("redis", marks=pytest.mark.redis)])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    made: Bus
    if request.param == "redis":
        made = RedisBus(request.getfixturevalue("redis_url"))
    else:
        made = {"fake": FakeBus, "memory": MemoryBus}[request.param]()
    await made.start()
    yield made
    await made.stop()


async def test_every_subscriber_hears_every_event_once_in_order(bus: Bus) -> None:
    listeners = [Listener(bus), Listener(bus)]

    await bus.publish(*EVERY_EVENT)
    await bus.publish(QueueChanged())

    for listener in listeners:
        assert await listener.wait(len(EVERY_EVENT) + 1) == [*EVERY_EVENT, QueueChanged()]


async def test_a_subscriber_that_raises_keeps_its_subscription_and_disturbs_nobody(bus: Bus) -> None:
    calls = []

    async def fail(event: Event) -> None:
        calls.append(event)
        raise RuntimeError("a subscriber's own fault")

    bus.subscribe(fail)
    listener = Listener(bus)

    await bus.publish(*EVERY_EVENT)

    assert await listener.wait(len(EVERY_EVENT)) == EVERY_EVENT
    assert calls == EVERY_EVENT


async def test_publishing_nothing_is_nothing(bus: Bus) -> None:
    listener = Listener(bus)

    await bus.publish()
    await bus.publish(QueueChanged())

    assert await listener.wait(1) == [QueueChanged()]


@pytest.mark.parametrize("kind", ["memory", pytest.param("redis", marks=pytest.mark.redis)])
async def test_stopping_delivers_what_is_queued(kind: str, request: pytest.FixtureRequest) -> None:
    bus = RedisBus(request.getfixturevalue("redis_url")) if kind == "redis" else MemoryBus()
    listener = Listener(bus)
    await bus.start()

    await bus.publish(*(RoomChanged("lobby", (message(number),)) for number in range(50)))
    await bus.stop()

    assert len(listener.heard) == 50


@pytest.fixture
async def workers(redis_url: str) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """Two workers of one site."""
    buses = RedisBus(redis_url), RedisBus(redis_url)
    for bus in buses:
        await bus.start()
    yield buses
    for bus in buses:
        await bus.stop()


def _is_traced(event: Event) -> bool:
    return isinstance(event, SessionTraced)


async def test_an_event_reaches_the_other_worker_unchanged(workers: tuple[RedisBus, RedisBus]) -> None:
    here, there = Listener(workers[0]), Listener(workers[1])

    await workers[0].publish(*EVERY_EVENT)
    await workers[1].publish(QueueChanged())

    heard = await there.wait(len(EVERY_EVENT) + 1)
    assert heard.count(QueueChanged()) == 2
    for is_traced in (False, True):  # traces have a stream of their own
        assert [event for event in heard if _is_traced(event) is is_traced and event != QueueChanged()] == [
            event for event in EVERY_EVENT if _is_traced(event) is is_traced and event != QueueChanged()
        ]
    assert sorted(map(str, await here.wait(len(EVERY_EVENT) + 1))) == sorted(
        map(str, [*EVERY_EVENT, QueueChanged()])
    )


async def test_a_worker_that_starts_late_does_not_hear_the_past(redis_url: str) -> None:
    first, second = RedisBus(redis_url), RedisBus(redis_url)
    await first.start()
    await first.publish(*EVERY_EVENT)
    await first.stop()
    listener = Listener(second)
    await second.start()

    await second.publish(QueueChanged())

    assert await listener.wait(1) == [QueueChanged()]
    await second.stop()
    assert listener.heard == [QueueChanged()]


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    """A server this module may stop."""
    with redis_server() as server:
        yield server


@pytest.mark.redis
async def test_without_redis_a_worker_still_hears_itself_and_the_others_hear_it_later(
    own_redis: RedisServer,
) -> None:
    here, there = RedisBus(own_redis.url), RedisBus(own_redis.url)
    near, far = Listener(here), Listener(there)
    await here.start()
    await there.start()
    await here.publish(SessionRevoked("before"))
    await far.wait(1)

    await asyncio.to_thread(own_redis.stop)
    await here.publish(SessionRevoked("during"))
    assert await near.wait(2) == [SessionRevoked("before"), SessionRevoked("during")]

    await asyncio.to_thread(own_redis.start)
    await here.publish(SessionRevoked("after"))
    assert await far.wait(3) == [SessionRevoked("before"), SessionRevoked("during"), SessionRevoked("after")]
    await here.stop()
    await there.stop()


async def test_a_bus_stops_even_when_its_client_loses_the_cancellation(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = RedisBus(redis_url)

    reading = asyncio.Event()

    async def read_and_lose_it(*_: object, **__: object) -> list[object]:
        reading.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return []
        return []

    monkeypatch.setattr(bus._redis, "xread", read_and_lose_it)
    await bus.start()
    await reading.wait()

    async with asyncio.timeout(PATIENCE_S):
        await bus.stop()


async def test_a_worker_starts_and_stops_without_redis() -> None:
    bus = RedisBus("redis://127.0.0.1:1/0")
    listener = Listener(bus)
    await bus.start()

    await bus.publish(QueueChanged())

    assert await listener.wait(1) == [QueueChanged()]
    await bus.stop()


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    """What somebody else does to the server."""
    async with Redis.from_url(redis_url) as client:
        yield client


async def test_what_others_publish_in_quiet_and_in_a_rush_is_no_loss(
    workers: tuple[RedisBus, RedisBus],
) -> None:
    listeners = [Listener(bus) for bus in workers]
    for number in range(300):
        for bus in workers:
            await bus.publish(SessionRevoked(f"{number}"), *EVERY_EVENT[-1:])
        if number % 100 == 0:
            await asyncio.sleep(1.1)  # long enough for a look between two entries
    for listener in listeners:
        await listener.wait(1200)
        assert TracesMissed() not in listener.missed
    assert all(set(bus.losses) <= {"told"} for bus in workers)


async def test_a_worker_that_starts_tells_the_others_to_read_again(redis_url: str) -> None:
    first, second = RedisBus(redis_url), RedisBus(redis_url)
    listener = Listener(first)
    await first.start()
    await second.start()
    await listener.wait_for_loss("started")
    await second.stop()
    await first.stop()
    assert first.losses == {"told": 1}


async def test_entries_trimmed_before_they_were_read_are_a_loss(
    workers: tuple[RedisBus, RedisBus], client: Redis
) -> None:
    listeners = [Listener(bus) for bus in workers]
    await workers[0].publish(SessionRevoked("read"))
    await listeners[1].wait(1)
    for name in (STREAM, TRACES):
        last = int((await client.xinfo_stream(name))["last-generated-id"].partition(b"-")[0])
        async with client.pipeline(transaction=True) as at_once:
            for number in (last + 1, last + 2):
                at_once.xadd(name, {"from": "x", "events": "[]"}, id=f"{number}-0")
            at_once.xtrim(name, maxlen=0)
            await at_once.execute()
    for listener in listeners:
        await listener.wait_for_loss("gap")
        await listener.wait_for_missed_traces()
    await workers[0].publish(SessionRevoked("later"))
    assert await listeners[1].wait(2) == [SessionRevoked("read"), SessionRevoked("later")]


@pytest.mark.parametrize("kind", ["flushed", "the stream alone", "the numbers alone"])
async def test_a_stream_that_is_not_the_one_before_is_a_loss(
    workers: tuple[RedisBus, RedisBus], client: Redis, kind: str
) -> None:
    listeners = [Listener(bus) for bus in workers]
    await workers[0].publish(*(SessionRevoked(f"{number}") for number in range(9)))
    await listeners[1].wait(9)
    if kind == "flushed":
        await client.flushall()
    else:
        await client.delete(STREAM if kind == "the stream alone" else f"{STREAM}:numbers")
    for listener in listeners:
        await listener.wait_for_loss("other stream")
    await workers[0].publish(SessionRevoked("later"))
    await listeners[1].wait_for(SessionRevoked("later"))


async def test_a_release_that_leaves_the_numbers_to_redis_is_heard_and_hears(
    workers: tuple[RedisBus, RedisBus], client: Redis
) -> None:
    listener = Listener(workers[1])
    former: dict[Any, Any] = {"from": "former", "events": encode([SessionRevoked("former")])}
    for number in range(3):
        await workers[0].publish(SessionRevoked(f"{number}"))
        await listener.wait(2 * number + 1)
        await client.xadd(STREAM, former)
        await listener.wait(2 * number + 2)
    newest = await client.xrevrange(STREAM, count=2)
    assert {fields[b"from"] == b"former" for _, fields in newest} == {True, False}
    assert listener.heard[::2] == [SessionRevoked(f"{number}") for number in range(3)]


async def test_a_burst_of_traces_pushes_no_message_out(
    workers: tuple[RedisBus, RedisBus], client: Redis
) -> None:
    listener = Listener(workers[1])
    await workers[0].publish(RoomChanged("lobby", (message(1),)))
    for number in range(5_000):
        await workers[0].publish(EVERY_EVENT[-1])
        if number % 500 == 0:
            await listener.wait(number)
    await listener.wait(5_001)
    assert await client.xlen(TRACES) < 5_000
    entries = [fields[b"events"] for _, fields in await client.xrange(STREAM)]
    assert encode([RoomChanged("lobby", (message(1),))]).encode() in entries


@pytest.mark.redis
async def test_more_than_a_worker_can_keep_is_a_loss_for_the_others(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MAX_UNSENT", 3)
    here, there = RedisBus(own_redis.url), RedisBus(own_redis.url)
    far = Listener(there)
    await here.start()
    await there.start()
    await asyncio.to_thread(own_redis.stop)
    for number in range(5):
        await here.publish(SessionRevoked(f"{number}"), EVERY_EVENT[-1])
    await asyncio.to_thread(own_redis.start)
    await far.wait_for_loss("unsent")
    await far.wait_for_missed_traces()
    heard = [event for event in await far.wait(6) if not _is_traced(event)]
    assert heard == [SessionRevoked(f"{number}") for number in (2, 3, 4)]
    await here.stop()
    await there.stop()


@pytest.mark.redis
async def test_while_redis_is_away_a_worker_is_told_again_and_again_and_once_more_when_it_is_back(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "REREAD_EVERY_S", 0.3)
    bus = RedisBus(own_redis.url)
    listener = Listener(bus)
    await bus.start()
    await asyncio.to_thread(own_redis.stop)
    while bus.losses["failed read"] < 2:
        await listener.wait_for_loss("failed read")
        await asyncio.sleep(0.02)
    while_away = bus.losses["failed read"]
    await asyncio.to_thread(own_redis.start)
    await listener.wait_for_loss("other stream")
    await until(lambda: bus.losses["failed read"] > while_away)
    settled = bus.losses.copy()
    await asyncio.sleep(1.5)  # several times as long as it takes to be told again
    assert bus.losses == settled
    await bus.stop()
