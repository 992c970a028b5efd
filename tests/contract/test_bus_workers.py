"""The bus between workers: what one publishes is heard by all, with and without Redis."""

import asyncio
import sys
from collections.abc import Callable
from typing import NoReturn

import pytest

from portfolio_app.app.events import (
    QueueChanged,
    SessionRevoked,
)
from portfolio_app.infra.bus.nats import NatsBus
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.bus.shared import SharedBus
from portfolio_app.infra.bus.stream import RedisStream
from tests.contract.listener import EVERY_EVENT, Listener, is_traced
from tests.servers import RedisServer
from tests.waiting import PATIENCE_S

NOWHERE = "redis://127.0.0.1:1/0"
ON_LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="the server in requirements-dev.in is for Linux"
)


async def test_an_event_reaches_the_other_worker_unchanged(workers: tuple[RedisBus, RedisBus]) -> None:
    here, there = Listener(workers[0]), Listener(workers[1])

    await workers[0].publish(*EVERY_EVENT)
    await workers[1].publish(QueueChanged())

    heard = await there.wait(len(EVERY_EVENT) + 1)
    assert heard.count(QueueChanged()) == 2
    for traced in (False, True):  # traces have a stream of their own
        assert [event for event in heard if is_traced(event) is traced and event != QueueChanged()] == [
            event for event in EVERY_EVENT if is_traced(event) is traced and event != QueueChanged()
        ]
    assert sorted(map(str, await here.wait(len(EVERY_EVENT) + 1))) == sorted(
        map(str, [*EVERY_EVENT, QueueChanged()])
    )


@pytest.fixture(params=[pytest.param("redis", marks=pytest.mark.redis), pytest.param("nats", marks=ON_LINUX)])
def worker(request: pytest.FixtureRequest) -> Callable[[], SharedBus]:
    """Makes the bus of one more worker, by each server that may carry it."""
    if request.param == "nats":
        nats_url = request.getfixturevalue("nats_process").url
        return lambda: NatsBus(nats_url)
    redis_url = request.getfixturevalue("redis_url")
    return lambda: RedisBus(redis_url)


async def test_a_worker_that_starts_late_does_not_hear_the_past(worker: Callable[[], SharedBus]) -> None:
    first, second = worker(), worker()
    await first.start()
    await first.publish(*EVERY_EVENT)
    await first.stop()
    listener = Listener(second)
    await second.start()

    await second.publish(QueueChanged())

    assert await listener.wait(1) == [QueueChanged()]
    await second.stop()
    assert listener.heard == [QueueChanged()]


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


async def test_a_connection_that_was_closed_a_moment_before_stops_no_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def look(_stream: RedisStream) -> NoReturn:
        raise RuntimeError("the handler is closed")

    monkeypatch.setattr(RedisStream, "look", look)
    bus = RedisBus(NOWHERE)
    await bus.start()
    await bus.stop()


@pytest.mark.parametrize("bus", [RedisBus(NOWHERE), NatsBus("nats://127.0.0.1:1")], ids=["redis", "nats"])
async def test_a_worker_starts_and_stops_without_its_server(bus: SharedBus) -> None:
    listener = Listener(bus)
    await bus.start()

    await bus.publish(QueueChanged())

    assert await listener.wait(1) == [QueueChanged()]
    await bus.stop()
