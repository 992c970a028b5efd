"""The NATS bus between workers: what one publishes is heard by all, and each loss is noticed."""

import asyncio
import sys
from collections.abc import AsyncIterator

import nats
import pytest

from portfolio_app.app.events import QueueChanged, SessionRevoked, TracesMissed
from portfolio_app.infra.bus import reader, shared
from portfolio_app.infra.bus.nats import NatsBus
from portfolio_app.infra.bus.shared import STREAM, TRACES
from tests.contract.listener import EVERY_EVENT, Listener, is_traced
from tests.servers import NatsServer
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the server in requirements-dev.in is for Linux"
)


@pytest.fixture
async def pair(nats_process: NatsServer) -> AsyncIterator[tuple[NatsBus, NatsBus]]:
    """Two workers of one site."""
    buses = NatsBus(nats_process.url), NatsBus(nats_process.url)
    for bus in buses:
        await bus.start()
    yield buses
    for bus in buses:
        await bus.stop()


async def test_an_event_reaches_the_other_worker_unchanged_and_in_order(
    pair: tuple[NatsBus, NatsBus],
) -> None:
    here, there = Listener(pair[0]), Listener(pair[1])
    await pair[0].publish(*EVERY_EVENT)
    for number in range(300):
        await pair[0].publish(SessionRevoked(f"{number}"))
    await pair[1].publish(QueueChanged())
    heard = await there.wait(len(EVERY_EVENT) + 301)
    sent = [*EVERY_EVENT, *(SessionRevoked(f"{number}") for number in range(300))]
    own = (
        heard.index(QueueChanged(), heard.index(QueueChanged()) + 1)
        if heard.count(QueueChanged()) > 1
        else -1
    )
    others = [event for at, event in enumerate(heard) if at != own]
    for traced in (False, True):  # traces have a stream of their own
        expected = [event for event in sent if is_traced(event) is traced and event != QueueChanged()]
        assert [
            event for event in others if is_traced(event) is traced and event != QueueChanged()
        ] == expected
    await here.wait(len(sent) + 1)
    assert all(set(bus.losses) <= {"announced"} for bus in pair)


async def test_without_the_server_a_worker_hears_itself_and_reads_again_and_the_others_hear_it_later(
    nats_process: NatsServer, pair: tuple[NatsBus, NatsBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "REREAD_EVERY_S", 0.3)
    near, far = Listener(pair[0]), Listener(pair[1])
    await pair[0].publish(SessionRevoked("before"))
    await far.wait(1)
    await asyncio.to_thread(nats_process.stop)
    await pair[0].publish(SessionRevoked("during"))
    assert await near.wait(2) == [SessionRevoked("before"), SessionRevoked("during")]
    await until(lambda: pair[1].losses["failed read"] >= 2)
    with pytest.raises(pair[1].failures):
        await pair[1].ping()
    pair[1].check()
    await asyncio.to_thread(nats_process.start)
    await until(lambda: pair[1].losses["other stream"] >= 1)
    await pair[0].publish(SessionRevoked("after"))
    await until(lambda: SessionRevoked("after") in far.heard)
    assert far.heard == [SessionRevoked("before"), SessionRevoked("during"), SessionRevoked("after")]
    await pair[1].ping()


async def test_entries_that_go_before_they_were_read_are_a_loss(
    nats_process: NatsServer, pair: tuple[NatsBus, NatsBus]
) -> None:
    listener = Listener(pair[1])
    await pair[0].publish(SessionRevoked("read"))
    await listener.wait(1)
    operator = await nats.connect(nats_process.url)
    js = operator.jetstream()
    for name in (STREAM, TRACES):
        stored_as = name.replace(":", "_")
        for stream in pair[1]._streams:
            await stream.leave()  # as one whose line is slow
        for _ in range(3):
            await js.publish(name.replace(":", "."), b"[]")
        await js.purge_stream(stored_as)
    await operator.close()
    await listener.wait_for_loss("gap")
    await listener.wait_for_missed_traces()
    await pair[0].publish(SessionRevoked("later"))
    assert await listener.wait(2) == [SessionRevoked("read"), SessionRevoked("later")]
    assert TracesMissed() in listener.missed


async def test_more_than_a_worker_can_keep_is_a_loss_for_the_others(
    nats_process: NatsServer, pair: tuple[NatsBus, NatsBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "MAX_UNSENT", 3)
    far = Listener(pair[1])
    await asyncio.to_thread(nats_process.stop)
    for number in range(5):
        await pair[0].publish(SessionRevoked(f"{number}"))
    await asyncio.to_thread(nats_process.start)
    await until(lambda: len(far.heard) >= 3)
    assert far.heard == [SessionRevoked(f"{number}") for number in (2, 3, 4)]
    await far.wait_for_loss("unsent")
