"""Events that a worker of the Redis bus did not get: each loss is noticed, and nothing else is one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from portfolio_app.app.events import (
    RoomChanged,
    SessionRevoked,
    TracesMissed,
)
from portfolio_app.infra.bus import reader, shared
from portfolio_app.infra.bus.codec import encode
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.bus.shared import STREAM, TRACES
from tests.contract.listener import EVERY_EVENT, Listener, is_traced, message
from tests.servers import RedisServer
from tests.waiting import until


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
    assert all(set(bus.losses) <= {"announced"} for bus in workers)


async def test_a_worker_that_starts_tells_the_others_to_read_again(redis_url: str) -> None:
    first, second = RedisBus(redis_url), RedisBus(redis_url)
    listener = Listener(first)
    await first.start()
    await second.start()
    await listener.wait_for_loss("started")
    await second.stop()
    await first.stop()
    assert first.losses == {"announced": 1}


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
    monkeypatch.setattr(shared, "MAX_UNSENT", 3)
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
    heard = [event for event in await far.wait(6) if not is_traced(event)]
    assert heard == [SessionRevoked(f"{number}") for number in (2, 3, 4)]
    await here.stop()
    await there.stop()


@pytest.mark.redis
@pytest.mark.parametrize(
    ("refuses", "takes"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
        (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
        (("CONFIG", "SET", "requirepass", "another one"), ("CONFIG", "SET", "requirepass", "")),
    ],
    ids=["full", "a replica", "another password"],
)
async def test_a_redis_that_can_be_read_and_not_written_is_as_one_that_is_away(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch, refuses: tuple[str, ...], takes: tuple[str, ...]
) -> None:
    monkeypatch.setattr(reader, "REREAD_EVERY_S", 0.3)
    here, quiet = RedisBus(own_redis.url), RedisBus(own_redis.url)
    listener = Listener(quiet)
    await here.start()
    await quiet.start()
    async with Redis.from_url(own_redis.url) as operator:
        await operator.execute_command(*refuses)
        await operator.client_kill_filter(_type="normal", skipme=True)
        await here.publish(SessionRevoked("meanwhile"))
        # Nobody can say what has happened, so that also who has nothing to say reads again.
        await until(lambda: quiet.losses["failed read"] >= 2)
        await listener.wait_for_loss("failed read")
        with pytest.raises(RedisError):
            await quiet.ping()
        quiet.check()
        await operator.execute_command(*takes)
    await listener.wait_for(SessionRevoked("meanwhile"))
    await quiet.ping()
    await here.stop()
    await quiet.stop()


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
    await asyncio.sleep(1.5)  # several times as long as it takes to hear of it again
    assert bus.losses == settled
    await bus.stop()
