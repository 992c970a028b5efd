"""Contract of `Bus`."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from portfolio_app.app.events import (
    Event,
    QueueChanged,
    RoomChanged,
    SessionTraced,
    TracesMissed,
)
from portfolio_app.app.ports.bus import Bus
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.nats import NatsBus
from portfolio_app.infra.bus.redis import RedisBus
from tests.contract.conftest import NATS
from tests.contract.listener import EVERY_EVENT, Listener, message
from tests.fakes.bus import FakeBus


@pytest.fixture(params=["fake", "memory", pytest.param("redis", marks=pytest.mark.redis), NATS])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    made: Bus
    if request.param == "redis":
        made = RedisBus(request.getfixturevalue("redis_url"))
    elif request.param == "nats":
        made = NatsBus(request.getfixturevalue("nats_process").url)
    else:
        made = {"fake": FakeBus, "memory": MemoryBus}[request.param]()
    await made.start()
    yield made
    await made.stop()


def apart(events: list[Event]) -> tuple[list[Event], list[Event]]:
    """Traces, which may come later, and all others."""
    traces = [event for event in events if isinstance(event, SessionTraced | TracesMissed)]
    return traces, [event for event in events if event not in traces]


async def test_every_subscriber_hears_every_event_once_in_order(bus: Bus) -> None:
    listeners = [Listener(bus), Listener(bus)]

    await bus.publish(*EVERY_EVENT)
    await bus.publish(QueueChanged())

    for listener in listeners:
        heard = await listener.wait(len(EVERY_EVENT) + 1)
        assert apart(heard) == apart([*EVERY_EVENT, QueueChanged()])


async def test_a_subscriber_that_raises_keeps_its_subscription_and_disturbs_nobody(bus: Bus) -> None:
    calls: list[Event] = []

    async def fail(event: Event) -> None:
        calls.append(event)
        raise RuntimeError("a subscriber's own fault")

    bus.subscribe(fail)
    listener = Listener(bus)

    await bus.publish(*EVERY_EVENT)

    assert apart(await listener.wait(len(EVERY_EVENT))) == apart(EVERY_EVENT)
    assert apart(calls) == apart(EVERY_EVENT)


async def test_a_change_does_not_wait_for_traces_and_nobody_for_all_of_them() -> None:
    bus, heard = MemoryBus(), list[object]()

    async def hear(event: Event) -> None:
        heard.append(type(event))

    bus.subscribe(hear)
    await bus.start()
    await bus.publish(*(SessionTraced(f"{number:032}", ()) for number in range(3)), QueueChanged())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(heard.append, "a turn")
    await bus.stop()

    assert heard[0] is QueueChanged
    assert heard[-3:].count(SessionTraced) < 3
    assert (heard.count(SessionTraced), len(heard)) == (3, 5)


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
