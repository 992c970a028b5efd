"""The Redis bus between workers: what one publishes is heard by all, with and without Redis."""

import asyncio
from typing import NoReturn

import pytest

from portfolio_app.app.events import (
    QueueChanged,
    SessionRevoked,
)
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.bus.stream import RedisStream
from tests.contract.listener import EVERY_EVENT, Listener, is_traced
from tests.servers import RedisServer
from tests.waiting import PATIENCE_S


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


@pytest.mark.parametrize("failure", [None, RuntimeError("the handler is closed")], ids=["refused", "closed"])
async def test_a_worker_starts_and_stops_without_redis(
    monkeypatch: pytest.MonkeyPatch, failure: Exception | None
) -> None:
    async def look(_stream: RedisStream) -> NoReturn:
        raise failure or AssertionError

    if failure is not None:
        monkeypatch.setattr(RedisStream, "look", look)
    bus = RedisBus("redis://127.0.0.1:1/0")
    listener = Listener(bus)
    await bus.start()

    await bus.publish(QueueChanged())

    assert await listener.wait(1) == [QueueChanged()]
    await bus.stop()
