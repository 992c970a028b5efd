"""A lock, a statement or a transaction that lasts too long is given up, and the next one works."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import Connection, text

from portfolio_app.app.errors import Busy, Unavailable
from portfolio_app.app.ports.journal import Stored
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.engine import for_writing, open_engine
from tests.contract.conftest import Storage
from tests.contract.test_journal import window
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.samples import LOBBY, draft

MARGIN_S = 10
TAKE_THE_ROW = text("SELECT slug FROM rooms WHERE slug = 'lobby' FOR UPDATE")


@pytest.fixture
async def posting(fresh_postgres: str, clock: FakeClock) -> AsyncIterator[Storage]:
    """A journal and units of work on PostgreSQL."""
    database = Database(fresh_postgres, clock)
    bus = FakeBus()
    journal = database.journal(bus)
    await journal.start()
    yield Storage(database.unit_of_work, journal, clock, bus)
    await journal.stop()
    database.close()


@pytest.fixture
def other_host(fresh_postgres: str) -> Iterator[Connection]:
    """A connection as another host's worker has it."""
    engine = open_engine(fresh_postgres, connections=1)
    connection = engine.connect()
    yield connection
    connection.invalidate()
    connection.close()
    engine.dispose()


async def test_a_reader_that_vanishes_leaves_no_transaction_open(
    posting: Storage, other_host: Connection
) -> None:
    """It holds no row, but keeps the server from cleaning up and a migration from its lock."""
    process = other_host.execute(text("SELECT pg_backend_pid() FROM rooms")).scalar_one()

    def is_open(repositories: Repositories) -> bool:
        found = repositories.rooms._session.execute(  # type: ignore[attr-defined]  # any session does
            text("SELECT 1 FROM pg_stat_activity WHERE pid = :pid"), {"pid": process}
        )
        return bool(found.all())

    async with asyncio.timeout(5 + MARGIN_S):
        while await posting.unit_of_work.run(is_open):
            await asyncio.sleep(0.1)


async def hold(connection: Connection, released: asyncio.Event) -> None:
    """Keep the room's row and stay busy, so that nothing ends the session."""
    await asyncio.to_thread(connection.execute, TAKE_THE_ROW)
    while not released.is_set():
        await asyncio.to_thread(connection.execute, text("SELECT 1"))
        await asyncio.sleep(0.2)
    await asyncio.to_thread(connection.rollback)


async def test_a_row_that_stays_locked_fails_its_batch_and_not_the_next(
    posting: Storage, other_host: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """Sent again with the same id, each message of the failed batch is stored once."""
    released = asyncio.Event()
    await asyncio.to_thread(other_host.execute, TAKE_THE_ROW)
    holding = asyncio.create_task(hold(other_host, released))
    drafts = [draft(posting.clock, f"{n}", client_id=f"refused-{n}") for n in range(5)]
    start = time.monotonic()

    refused = await asyncio.gather(*map(posting.journal.append, drafts), return_exceptions=True)
    took = time.monotonic() - start
    released.set()
    await holding
    stored = await asyncio.gather(*map(posting.journal.append, drafts))
    again = await asyncio.gather(*map(posting.journal.append, drafts))

    assert [type(error) for error in refused] == [Busy] * 5
    assert str(refused[0]) == "The service is too busy right now. Try again in a moment."
    assert 5 < took < 6 + MARGIN_S, "for the whole batch, not for each message"
    assert "(lock_timeout): UPDATE rooms" in caplog.text
    assert [receipt.repeated for receipt in (*stored, *again)] == [False] * 5 + [True] * 5
    assert await window(posting) == [receipt.message for receipt in stored]
    assert [message.revision for message in await window(posting)] == [1, 2, 3, 4, 5]


async def test_a_statement_that_runs_too_long_is_ended_and_named(
    posting: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    def never_end(repositories: Repositories) -> None:
        repositories.rooms._session.execute(  # type: ignore[attr-defined]  # any session does
            text("SELECT pg_sleep(60), :secret"), {"secret": "typed by a visitor"}
        )

    start = time.monotonic()
    with caplog.at_level(logging.WARNING), pytest.raises(Busy):
        await posting.unit_of_work.run(never_end)

    assert 9 < time.monotonic() - start < 10 + MARGIN_S
    assert "(statement_timeout): SELECT pg_sleep" in caplog.text
    assert "typed by a visitor" not in caplog.text


async def test_work_interrupted_for_longer_than_its_transaction_lives_begins_again(
    posting: Storage, fresh_postgres: str
) -> None:
    """As on a machine that was suspended: the server has ended the session meanwhile."""
    attempts: list[int] = []

    def pause_once(repositories: Repositories) -> int:
        attempts.append(repositories.rooms.next_revision(LOBBY))
        if len(attempts) == 1:
            session = repositories.rooms._session  # type: ignore[attr-defined]  # any session does
            process = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            wait_for_the_end_of(fresh_postgres, process)
        return len(repositories.rooms.all())

    with pytest.raises(Unavailable):
        await posting.unit_of_work.run(pause_once)

    attempts.clear()
    attempts.append(0)
    assert await posting.unit_of_work.run(pause_once) == 1
    assert attempts == [0, 1]


def wait_for_the_end_of(url: str, process: int) -> None:
    engine = open_engine(url, connections=1)
    deadline = time.monotonic() + 5 + MARGIN_S
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        while connection.execute(alive, {"pid": process}).scalar_one():
            assert time.monotonic() < deadline
            time.sleep(0.1)
    engine.dispose()


@pytest.mark.parametrize("work", ["post", "write"])
async def test_a_sqlite_file_that_stays_locked_is_given_up_after_one_wait(
    work: str, fresh_sqlite: str, clock: FakeClock
) -> None:
    database = Database(fresh_sqlite, clock)
    journal = database.journal(FakeBus())
    await journal.start()
    other = open_engine(fresh_sqlite, connections=1)

    async def attempt() -> Stored | int:
        if work == "post":
            return await journal.append(draft(clock, client_id="tried-twice"))
        return await database.unit_of_work.run(lambda r: r.rooms.next_revision(LOBBY))

    with for_writing(other).begin():
        start = time.monotonic()
        with pytest.raises(Busy):
            await attempt()
        took = time.monotonic() - start
    outcome = await attempt()
    await journal.stop()
    database.close()
    other.dispose()

    assert 4 < took < 5 + MARGIN_S
    assert outcome == 1 or (isinstance(outcome, Stored) and outcome.message.revision == 1)
