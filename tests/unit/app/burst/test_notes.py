"""What workers note of a run and tell each other stays small, whatever a sender does."""

from datetime import timedelta

import pytest

from portfolio_app.app.burst.notes import Notes
from portfolio_app.app.errors import BurstRefused
from portfolio_app.app.events import NotesWanted, RunEnded, RunNoted, RunStarted
from portfolio_app.domain.burst.plan import MOST, Mode
from tests.fakes.clock import START
from tests.fakes.samples import caller
from tests.unit.app.burst.conftest import SIZE, Workers, answers, finish, request, send, start, ticket_of
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
    workers.stop()


def test_what_other_workers_tell_is_taken_over_up_to_a_bound() -> None:
    notes, most = Notes(), 2 * MOST
    for first in range(0, 3 * most, most // 4 * 3):
        received = tuple((f"{number:032x}", number % MOST) for number in range(first, first + most))
        notes.merge(RunNoted("run", "another", received), START)

    assert list(notes.received) == [f"{number:032x}" for number in range(most)]


async def test_a_worker_that_starts_while_a_run_is_under_way_has_what_the_others_noted_before(
    workers: Workers,
) -> None:
    await workers.bus.start()
    first = workers.worker(shared=True)
    started = await start(first)
    await send(first, started, range(SIZE // 2))
    await first.take_answers(caller(), started.run.id, ticket_of(started), answers(range(5)))
    await until(lambda: any(isinstance(event, RunNoted) for event in workers.bus.events))

    late = workers.worker(shared=True)
    await send(late, started, range(SIZE // 2, SIZE))
    record = await finish(late, started, answers(range(5, SIZE)))

    assert (record["balanced"], record["ledgers"]["received"]) == (True, SIZE)
    again = [event for event in workers.bus.events if isinstance(event, RunStarted | RunEnded)]
    assert again == [RunStarted(started.run), RunStarted(started.run), RunEnded(started.run.id)]
    workers.stop()


async def test_notes_that_were_lost_without_a_sign_are_asked_for_by_the_worker_that_finishes(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = workers.worker(shared=True), workers.worker(shared=True)
    started = await start(near)
    await send(near, started, range(SIZE // 2))
    await until(lambda: any(isinstance(event, RunNoted) for event in workers.bus.events))
    asked = len([event for event in workers.bus.events if isinstance(event, NotesWanted)])
    await workers.bus.start()  # nothing of all that was delivered
    monkeypatch.setattr("portfolio_app.app.burst.finish.ASK_AFTER_S", 0)

    await send(far, started, range(SIZE // 2, SIZE))
    record = await finish(far, started, answers(range(SIZE)))

    assert (record["balanced"], record["ledgers"]["received"]) == (True, SIZE)
    assert len([event for event in workers.bus.events if isinstance(event, NotesWanted)]) == asked + 1
    workers.stop()


def test_notes_that_are_told_once_more_change_nothing_and_keep_no_abandoned_run() -> None:
    notes, later = Notes(), START + timedelta(seconds=3)
    event = RunNoted("run", "another", (("a" * 32, 1),), tuple(answers([1])), (7, 9))
    notes.merge(event, START)
    notes.merge(event, later)
    assert (notes.received, len(notes.answers), notes.last_at, notes.span) == (
        {"a" * 32: 1},
        1,
        START,
        (7, 9),
    )
