"""What workers note of a run and tell each other stays small, whatever a sender does."""

import pytest

from portfolio_app.app.burst.notes import Notes
from portfolio_app.app.errors import BurstRefused
from portfolio_app.app.events import RunNoted
from portfolio_app.domain.burst.plan import MOST, Mode
from tests.fakes.clock import START
from tests.unit.app.burst.conftest import SIZE, Workers, request, send, start, ticket_of
from tests.waiting import until


async def test_a_flood_of_repeats_reaches_the_other_workers_no_more_than_this_ones_ledger(
    workers: Workers,
) -> None:
    await workers.bus.start()
    burst, _ = workers.worker(shared=True), workers.worker(shared=True)
    started = await start(burst)
    await send(burst, started, range(SIZE))
    for number in range(SIZE, 10 * SIZE):
        with pytest.raises(BurstRefused):
            await burst.record(request(number), ticket_of(started), Mode.NOOP, 0)

    def published() -> list[tuple[str, int]]:
        noted = [event.received for event in workers.bus.events if isinstance(event, RunNoted)]
        return [one for received in noted for one in received]

    await until(lambda: len(published()) >= 2 * SIZE)
    assert published() == [(f"{number:032x}", number if number < SIZE else 0) for number in range(2 * SIZE)]
    for task in workers.telling:
        task.cancel()


def test_what_other_workers_tell_is_taken_over_up_to_a_bound() -> None:
    notes, most = Notes(), 2 * MOST
    for first in range(0, 3 * most, most // 4 * 3):
        received = tuple((f"{number:032x}", number % MOST) for number in range(first, first + most))
        notes.merge(RunNoted("run", "another", received), START)

    assert list(notes.received) == [f"{number:032x}" for number in range(most)]
