"""What a worker makes of events that a worker of another release wrote."""

import json
import logging
from typing import cast

import pytest

from portfolio_app.app.events import Event, EventsMissed
from portfolio_app.infra.bus.codec import UNREADABLE
from portfolio_app.infra.bus.shared import MOST_KINDS, SharedBus, Stream


class Worker(SharedBus):
    """Hears what it is given, without a server."""

    async def close(self) -> None: ...


@pytest.fixture
def worker() -> Worker:
    return Worker(cast(Stream, None), cast(Stream, None))


async def test_a_kind_of_another_release_is_named_once_and_counted_each_time(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            await worker._deliver(json.dumps([["pinned", 1]]).encode())
        await worker._deliver(b"{}")
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == [
        "pinned",
        "not a list of events",
    ]
    assert worker.losses == {"unread": 101}


async def test_kinds_without_end_are_not_all_named(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for number in range(10 * MOST_KINDS):
            await worker._deliver(json.dumps([[f"kind {number}"]]).encode())
    assert len(caplog.records) == MOST_KINDS
    assert worker.losses == {"unread": 10 * MOST_KINDS}


async def test_a_known_kind_that_can_not_be_read_has_everything_read_again(worker: Worker) -> None:
    heard: list[Event] = []

    async def hear(event: Event) -> None:
        heard.append(event)

    worker.subscribe(hear)
    await worker._local.start()
    await worker._deliver(json.dumps([["room", "lobby"]]).encode())
    await worker._local.stop()
    assert heard == [EventsMissed(UNREADABLE)]
    assert worker.losses == {"unread": 1, "announced": 1}
