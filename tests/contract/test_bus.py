"""Contract of `Bus`, and of the Redis bus between workers."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from portfolio_app.app.events import (
    Event,
    HeldChanged,
    QueueChanged,
    RoomChanged,
    SessionRevoked,
    SessionTraced,
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
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.redis import RedisBus
from tests.fakes.bus import FakeBus
from tests.fakes.clock import START
from tests.fakes.samples import LOBBY
from tests.servers import RedisServer, redis_server
from tests.waiting import PATIENCE_S


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
    )


def step(request: Request | None) -> Step:
    return Step(2**63, 0, "SELECT ?", "infra", "demo.db", 1, 2, (("rows", "1"),), "a.py", 3, request)


EVERY_EVENT: list[Event] = [
    RoomChanged("lobby", (message(1), message(2)), ("r1", "r2")),
    HeldChanged("s" * 32, message(3), "r3"),
    QueueChanged(),
    SessionRevoked("t" * 32),
    SessionRevoked("u" * 32, replaced=True),
    SessionTraced(
        "s" * 32, ((2**127 + 1, step(None)), (1, step(Request("event", "WS", "chat.send", 200, 99))))
    ),
]


class Listener:
    """A subscriber that remembers, and can be waited for."""

    def __init__(self, bus: Bus) -> None:
        self.heard: list[Event] = []
        self._more = asyncio.Event()
        bus.subscribe(self)

    async def __call__(self, event: Event) -> None:
        self.heard.append(event)
        self._more.set()

    async def wait(self, count: int) -> list[Event]:
        """What was heard, once that is `count` events."""
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                self._more.clear()
                await self._more.wait()
        return self.heard


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


async def test_an_event_reaches_the_other_worker_unchanged(workers: tuple[RedisBus, RedisBus]) -> None:
    here, there = Listener(workers[0]), Listener(workers[1])

    await workers[0].publish(*EVERY_EVENT)
    await workers[1].publish(QueueChanged())

    assert await there.wait(len(EVERY_EVENT) + 1)
    assert [event for event in there.heard if event in EVERY_EVENT][-len(EVERY_EVENT) :] == there.heard[
        -len(EVERY_EVENT) :
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
