"""Reads of a unit of work that share a transaction, as far as only a database can show."""

import asyncio
import contextvars
import threading
import time
import weakref
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.app.processor_time import Accounts, paid_by
from portfolio_app.infra.db import shared_reads
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.shared_reads import AT_ONCE
from tests.fakes.samples import LOBBY


async def kept_busy(database: Database, held: threading.Event) -> list[asyncio.Task[bool]]:
    """As many transactions as run at the same time, until `held` is set."""
    busy, begun = [], threading.Semaphore(0)

    def wait(_repositories: Repositories) -> bool:
        begun.release()
        return held.wait(10)

    for _ in range(AT_ONCE):
        busy.append(asyncio.create_task(database.unit_of_work.read(wait)))
        assert await asyncio.to_thread(begun.acquire, timeout=10)
    return busy


async def at_once(database: Database, *works: Any) -> list[Any]:
    """What comes of reads that are asked for while others run, so that they are waited for together."""
    held = threading.Event()
    busy = await kept_busy(database, held)
    tasks = [asyncio.create_task(database.unit_of_work.read(work)) for work in works]
    await asyncio.sleep(0)
    held.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*busy)
    return answers


async def test_what_is_read_at_once_is_read_in_one_transaction(database: Database) -> None:
    answers = await at_once(database, *[lambda r: (r, r.rooms.all())] * 20)
    assert len({repositories for repositories, _ in answers}) == 1
    assert [[str(room.slug) for room in rooms] for _, rooms in answers] == [["lobby"]] * 20


async def test_what_is_asked_for_in_one_turn_of_the_loop_is_read_in_one_transaction(
    database: Database,
) -> None:
    one, other = await asyncio.gather(*(database.unit_of_work.read(lambda r: r) for _ in range(2)))
    assert one is other


async def test_what_is_asked_for_while_a_short_transaction_runs_is_read_in_the_next_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_reads, "BESIDE_AFTER_S", 60.0)
    held, begun = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait(_repositories: Repositories) -> bool:
        loop.call_soon_threadsafe(begun.set)
        return held.wait(10)

    first = asyncio.create_task(database.unit_of_work.read(wait))
    await begun.wait()
    one = asyncio.create_task(database.unit_of_work.read(lambda r: r))
    await asyncio.sleep(0.01)  # less than a read has to take before another one begins beside it
    other = asyncio.create_task(database.unit_of_work.read(lambda r: r))
    await asyncio.sleep(0)
    held.set()
    assert await one is await other
    await first


async def test_a_long_transaction_keeps_nobody_waiting(database: Database) -> None:
    held = threading.Event()
    long = asyncio.create_task(database.unit_of_work.read(lambda _: held.wait(10)))
    await asyncio.sleep(0)
    answers = [await asyncio.wait_for(database.unit_of_work.read(lambda _: "read"), 9) for _ in range(2)]
    assert (answers, long.done()) == (["read", "read"], False)
    held.set()
    assert await long


def nothing_there(_repositories: Repositories) -> None:
    raise NotFound("nothing")


def mistaken(_repositories: Repositories) -> None:
    raise LookupError("a mistake")


def wrong(repositories: Any) -> None:
    again = "INSERT INTO rooms (slug, title, position, revision) VALUES ('lobby', 'Lobby', 0, 0)"
    repositories.rooms._session.execute(text(again))


@pytest.mark.parametrize(
    ("work", "kind"), [(nothing_there, NotFound), (mistaken, LookupError), (wrong, IntegrityError)]
)
async def test_an_error_is_that_of_the_one_who_asked(database: Database, work: Any, kind: type) -> None:
    first, error, last = await at_once(database, *[lambda r: r.rooms.all(), work, lambda r: r.rooms.all()])
    assert isinstance(error, kind)
    assert [str(room.slug) for room in first] == [str(room.slug) for room in last] == ["lobby"]


async def test_what_readers_leave_is_kept_and_of_what_they_know_each_reads_its_own(
    database: Database,
) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")

    async def seen(reader: str) -> str:
        variable.set(reader)
        await database.unit_of_work.read(lambda r: r.rooms.see(reader, LOBBY, 0))
        return await database.unit_of_work.read(lambda _: variable.get())

    assert await asyncio.gather(*map(seen, "abcdef")) == [*"abcdef"]
    found = await at_once(
        database, *[lambda r, each=each: r.rooms.unseen(each, [LOBBY]) for each in "abcdef"]
    )
    assert found == [{"lobby": 0}] * 6


async def test_each_reader_pays_for_its_own_part(database: Database) -> None:
    def work_long(_repositories: Repositories) -> None:
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass

    async def read(work: Any) -> float:
        accounts = Accounts()
        account = accounts.open("session", "network", limited=False)
        with paid_by(account):
            await database.unit_of_work.read(work)
        account.settle()
        return sum(accounts.used.values())

    short, long, *_ = await asyncio.gather(
        read(lambda _: None), read(work_long), read(lambda _: None), read(lambda _: None)
    )
    assert long >= 0.05
    assert short < 0.05


async def test_one_who_gives_up_takes_nobody_along(database: Database) -> None:
    held = threading.Event()
    busy = await kept_busy(database, held)
    impatient, patient = (
        asyncio.create_task(database.unit_of_work.read(lambda r: r.rooms.all())) for _ in range(2)
    )
    await asyncio.sleep(0)
    impatient.cancel()
    held.set()
    assert len(await patient) == 1
    await asyncio.gather(*busy)


@pytest.mark.usefixtures("no_collector")
async def test_what_was_read_is_free_when_it_is_answered(database: Database) -> None:
    def read(repositories: Repositories) -> weakref.ref[object]:
        repositories.rooms.all()
        return weakref.ref(repositories.rooms)

    answers = await at_once(database, read, read)
    await asyncio.sleep(0)
    assert [rooms() for rooms in answers] == [None, None]
