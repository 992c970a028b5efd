"""Contract of `RunRepository` and `BurstRowRepository`."""

import asyncio
from datetime import timedelta

import pytest

from portfolio_app.app.errors import BurstRefused, BurstTicketRefused, RunUnderWay
from portfolio_app.app.ports.runs import Record, Run, RunLimits
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.burst.plan import Plan
from tests.contract.conftest import Storage
from tests.fakes.samples import session_id

LONG = timedelta(days=30)


async def start(storage: Storage, run_id: str = "run-1", by: str = "ann") -> Run:
    now = storage.clock()
    plan = Plan.parse(10, 2, "write")
    run = Run(run_id, session_id(by), "hash", plan, now, now + timedelta(minutes=5))
    await storage.unit_of_work.run(lambda r: r.runs.start(run))
    return run


async def finish(storage: Storage, run_id: str = "run-1", *, listed: bool = True) -> None:
    record = {"run": run_id, "rps": 1.5, "words": "ä"}
    summary = {"run": run_id} if listed else None
    await storage.unit_of_work.run(lambda r: r.runs.finish(run_id, storage.clock(), summary, record))


async def under_way(storage: Storage, run_id: str = "run-1") -> Run | None:
    return await storage.unit_of_work.run(lambda r: r.runs.under_way(run_id))


async def recent(storage: Storage, limit: int = 20) -> list[str]:
    summaries = await storage.unit_of_work.run(lambda r: r.runs.recent(limit))
    return [summary["run"] for summary in summaries]


async def purge(storage: Storage, keep: int = 500, at_most: int = 100) -> int:
    now = storage.clock()
    limits = RunLimits(now, now - LONG, now - timedelta(hours=1), keep)
    return await storage.unit_of_work.run(lambda r: r.runs.purge(limits, at_most))


async def add_row(storage: Storage, run_id: str, n: int) -> None:
    await storage.unit_of_work.run(lambda r: r.burst_rows.add(run_id, n, f"{run_id}/{n}", storage.clock()))


async def rows(storage: Storage, run_id: str) -> dict[str, int]:
    return await storage.unit_of_work.run(lambda r: r.burst_rows.of(run_id))


async def test_a_started_run_is_found_as_it_was(storage: Storage) -> None:
    run = await start(storage)

    assert await under_way(storage) == run
    assert await under_way(storage, "other") is None
    assert await storage.unit_of_work.run(lambda r: r.runs.record("run-1")) is None
    assert await recent(storage) == []


async def test_a_session_has_one_run_under_way(storage: Storage) -> None:
    await start(storage)

    with pytest.raises(RunUnderWay) as refused:
        await start(storage, "run-2")
    await start(storage, "run-3", by="bea")

    assert refused.value.run == "run-1"
    assert await under_way(storage, "run-2") is None


async def test_of_runs_that_start_at_once_one_is_and_the_others_are_told_which(storage: Storage) -> None:
    starts = [start(storage, f"run-{number}") for number in range(8)]
    results = await asyncio.gather(*starts, return_exceptions=True)

    [run] = [result for result in results if isinstance(result, Run)]
    others = [result for result in results if result is not run]
    assert [other.run for other in others if isinstance(other, RunUnderWay)] == [run.id] * 7
    assert await under_way(storage, run.id) == run


async def test_a_finished_run_frees_its_session_and_keeps_its_record(storage: Storage) -> None:
    await start(storage)
    await finish(storage)
    await start(storage, "run-2")

    def read(repositories: Repositories) -> tuple[Record | None, Record | None]:
        return repositories.runs.record("run-1"), repositories.runs.record("run-2")

    record = {"run": "run-1", "rps": 1.5, "words": "ä"}
    assert await storage.unit_of_work.run(read) == (record, None)
    assert await under_way(storage) is None


@pytest.mark.parametrize("finished", [False, True])
async def test_a_run_is_finished_once(storage: Storage, finished: bool) -> None:
    if finished:
        await start(storage)
        await finish(storage)

    with pytest.raises(BurstTicketRefused):
        await finish(storage)


async def test_an_expired_run_makes_way_for_its_sessions_next(storage: Storage) -> None:
    await start(storage)
    storage.clock.advance(minutes=6)
    await start(storage, "run-2")

    assert await under_way(storage) is None
    assert await under_way(storage, "run-2") is not None


async def test_a_run_given_up_is_gone_and_a_finished_one_stays(storage: Storage) -> None:
    await start(storage)
    await finish(storage)
    await start(storage, "run-2")

    for run_id in ("run-1", "run-2"):
        await storage.unit_of_work.run(lambda r, run_id=run_id: r.runs.give_up(run_id))

    assert await under_way(storage, "run-2") is None
    assert await recent(storage) == ["run-1"]


async def test_the_newest_runs_come_first(storage: Storage) -> None:
    for number in range(4):
        await start(storage, f"run-{number}")
        await finish(storage, f"run-{number}")

    assert await recent(storage, 3) == ["run-3", "run-2", "run-1"]


async def test_purging_deletes_what_expired_is_old_or_too_much(storage: Storage) -> None:
    await start(storage, "old")
    await finish(storage, "old")
    storage.clock.advance(days=31)
    for number in range(4):
        await start(storage, f"run-{number}")
        await finish(storage, f"run-{number}")
    await start(storage, "expired", by="bea")
    storage.clock.advance(minutes=6)
    await start(storage, "running")

    assert await purge(storage, keep=3) == 3
    assert await recent(storage) == ["run-3", "run-2", "run-1"]
    assert await under_way(storage, "expired") is None
    assert await under_way(storage, "running") is not None


async def test_purging_takes_so_many_at_once_and_the_rest_the_next_time(storage: Storage) -> None:
    for number in range(7):
        await start(storage, f"run-{number}")
        await finish(storage, f"run-{number}")
    await start(storage, "expired", by="bea")
    storage.clock.advance(minutes=6)

    assert [await purge(storage, keep=2, at_most=4) for _ in range(3)] == [4, 2, 0]
    assert await recent(storage) == ["run-6", "run-5"]


async def test_a_run_without_a_summary_is_in_no_list_and_takes_nobodys_place(storage: Storage) -> None:
    for number in range(3):
        await start(storage, f"run-{number}")
        await finish(storage, f"run-{number}", listed=number == 0)

    assert await recent(storage) == ["run-0"]
    assert await purge(storage, keep=1) == 0
    assert await storage.unit_of_work.run(lambda r: r.runs.record("run-2")) is not None
    storage.clock.advance(hours=2)
    assert await purge(storage, keep=1) == 2
    assert await recent(storage) == ["run-0"]


async def test_a_number_of_a_run_has_one_row(storage: Storage) -> None:
    await add_row(storage, "run-1", 3)
    await add_row(storage, "run-2", 3)

    with pytest.raises(BurstRefused):
        await add_row(storage, "run-1", 3)

    assert await rows(storage, "run-1") == {"run-1/3": 3}


async def test_rows_go_once_their_run_is_over(storage: Storage) -> None:
    for run_id, by in (("run-1", "ann"), ("run-2", "bea")):
        await start(storage, run_id, by)
        for n in range(3):
            await add_row(storage, run_id, n)
    await finish(storage, "run-1")

    assert await storage.unit_of_work.run(lambda r: r.burst_rows.purge(2)) == 2
    assert await storage.unit_of_work.run(lambda r: r.burst_rows.purge(2)) == 1
    assert await rows(storage, "run-1") == {}
    assert len(await rows(storage, "run-2")) == 3
