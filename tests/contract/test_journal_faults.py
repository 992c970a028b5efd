"""The journal when the database, the bus or a draft fails it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from portfolio_app.app.errors import Busy, Unavailable
from portfolio_app.app.events import QueueChanged, RoomChanged
from portfolio_app.app.ports.journal import Stored
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.faults import IN_DOUBT
from portfolio_app.infra.db.journal import GroupCommitJournal
from portfolio_app.infra.db.migrate import upgrade
from tests.contract.conftest import Storage, sqlalchemy_url
from tests.contract.test_journal import window
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.samples import LOBBY, draft
from tests.servers import PostgresServer, postgres_server


async def test_a_commit_that_fails_leaves_no_gap(
    database: Database, sql_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sql_storage.journal.append(draft(sql_storage.clock))
    driver = database.engine.dialect.loaded_dbapi

    def refuse(_connection: object) -> None:
        raise driver.OperationalError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(database.engine.dialect, "do_commit", refuse)
        with pytest.raises(Unavailable):
            await sql_storage.journal.append(draft(sql_storage.clock))

    receipt = await sql_storage.journal.append(draft(sql_storage.clock))
    assert receipt.message.revision == 2
    assert len(await window(sql_storage)) == 2


async def test_a_commit_that_happened_without_an_answer_is_recognised(
    database: Database, sql_storage: Storage
) -> None:
    """The connection breaks after the database committed and before the journal heard of it."""
    journal = sql_storage.journal
    assert isinstance(journal, GroupCommitJournal)
    committer = journal._committer
    commit_once, calls = committer._commit_once, []

    def lose_the_answer(batch: object) -> object:
        committed = commit_once(batch)  # type: ignore[arg-type]
        calls.append(committed)
        if len(calls) == 1:
            raise OperationalError("COMMIT", {}, Exception("gone"), connection_invalidated=True)
        return committed

    committer._commit_once = lose_the_answer  # type: ignore[method-assign, assignment]
    receipt = await journal.append(draft(sql_storage.clock))

    assert not receipt.repeated
    assert await sql_storage.bus.seen(2) == [
        RoomChanged("lobby", (receipt.message,), ("request",)),
        QueueChanged(),
    ]
    assert await window(sql_storage) == [receipt.message]


async def test_of_a_commit_that_was_never_answered_watchers_are_told_to_read_again(
    database: Database, sql_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It happened, the second try found nobody, and the author's own retry says nothing to others."""
    dialect, once = database.engine.dialect, draft(sql_storage.clock)
    commit, busy = dialect.do_commit, iter([False, True])

    def lose_the_answer(connection: Any) -> None:
        if next(busy):
            raise dialect.loaded_dbapi.OperationalError("database is locked")
        commit(connection)
        raise OperationalError("COMMIT", {}, Exception("gone"), connection_invalidated=True)

    with monkeypatch.context() as broken:
        broken.setattr(dialect, "do_commit", lose_the_answer)
        with pytest.raises(Unavailable) as refused:
            await sql_storage.journal.append(once)

    assert not isinstance(refused.value, Busy), "that would say that nothing has changed"
    assert (await sql_storage.journal.append(once)).repeated
    assert await sql_storage.bus.seen(1) == [IN_DOUBT]


async def test_a_draft_the_database_refuses_does_not_fail_its_batch(
    database: Database, sql_storage: Storage
) -> None:
    poisoned = draft(sql_storage.clock, "poison")

    def refuse(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.startswith("INSERT INTO messages") and "poison" in str(values):
            raise ValueError("the driver can't encode this")

    event.listen(database.engine, "before_cursor_execute", refuse)
    drafts = [draft(sql_storage.clock, "one"), poisoned, draft(sql_storage.clock, "two")]
    outcomes = await asyncio.gather(*map(sql_storage.journal.append, drafts), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [Stored, ValueError, Stored]
    assert [message.revision for message in await window(sql_storage)] == [1, 2]


async def test_no_fault_ends_the_writer(
    sql_storage: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a bus that breaks its promise")

    with monkeypatch.context() as broken:
        broken.setattr(sql_storage.bus, "publish", fail)
        first = await sql_storage.journal.append(draft(sql_storage.clock))

    second = await sql_storage.journal.append(draft(sql_storage.clock))
    assert (first.message.revision, second.message.revision) == (1, 2)
    assert "the journal failed on a batch" in caplog.text


async def test_an_author_is_answered_even_when_the_writing_itself_fails(
    sql_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = sql_storage.journal
    assert isinstance(journal, GroupCommitJournal)

    def fail(_entries: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(journal._committer, "commit", fail)
        with pytest.raises(Unavailable):
            await journal.append(draft(sql_storage.clock))

    assert (await journal.append(draft(sql_storage.clock))).message.revision == 1


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A server this module may stop."""
    with postgres_server() as server:
        yield server


@pytest.mark.postgres
async def test_posting_is_unavailable_while_the_database_is_down_and_goes_on_when_it_is_back(
    own_postgres: PostgresServer, clock: FakeClock
) -> None:
    url = sqlalchemy_url(own_postgres.url)
    upgrade(url)
    database = Database(url, clock)
    journal = database.journal(FakeBus())
    await journal.start()
    first = await journal.append(draft(clock))

    await asyncio.to_thread(own_postgres.stop)
    with pytest.raises(Unavailable):
        await journal.append(draft(clock, client_id="tried-once"))
    with pytest.raises(Unavailable):
        await database.unit_of_work.run(lambda r: r.rooms.all())

    await asyncio.to_thread(own_postgres.start)
    retried = await journal.append(draft(clock, client_id="tried-once"))
    window = await database.unit_of_work.run(lambda r: r.messages.window(LOBBY, 9))
    await journal.stop()
    database.close()

    assert window == [first.message, retried.message]
    assert (first.message.revision, retried.message.revision) == (1, 2)


async def test_connections_that_the_server_closed_are_not_used(fresh_postgres: str, clock: FakeClock) -> None:
    database = Database(fresh_postgres, clock)
    journal = database.journal(FakeBus())
    await journal.start()
    await journal.append(draft(clock))
    attempts = []

    def read(repositories: Repositories) -> int:
        attempts.append(1)
        return repositories.rooms.all()[0].revision

    await asyncio.to_thread(close_every_connection, fresh_postgres)
    receipt = await journal.append(draft(clock))
    await asyncio.to_thread(close_every_connection, fresh_postgres)
    revision = await database.unit_of_work.run(read)
    await journal.stop()
    database.close()

    assert (receipt.message.revision, revision) == (2, 2)
    assert len(attempts) == 1


def close_every_connection(url: str) -> None:
    """As a restarted or failed-over server would."""
    engine = open_engine(url, connections=1)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("refuses", "takes", "said"),
    [
        (
            "ALTER SYSTEM SET default_transaction_read_only = on",
            "ALTER SYSTEM RESET default_transaction_read_only",
            "the database takes no writes: is it a replica?",
        ),
        ("ALTER ROLE visitor CONNECTION LIMIT 0", "ALTER ROLE visitor CONNECTION LIMIT -1", "the database "),
    ],
    ids=["a replica", "too many connections"],
)
async def test_a_database_that_refuses_is_said_to_its_authors_and_in_the_log_and_loses_nothing(
    postgres: PostgresServer,
    fresh_postgres: str,
    caplog: pytest.LogCaptureFixture,
    refuses: str,
    takes: str,
    said: str,
) -> None:
    postgres.psql(
        "CREATE ROLE visitor LOGIN SUPERUSER" if "SYSTEM" in refuses else "CREATE ROLE visitor LOGIN"
    )
    with open_engine(fresh_postgres, connections=1).connect() as owner:
        for kind in ("TABLES", "SEQUENCES"):
            owner.execute(text(f"GRANT ALL ON ALL {kind} IN SCHEMA public TO visitor"))
        owner.commit()
    clock = FakeClock()
    url = fresh_postgres.replace("postgres:@", "visitor:@").replace("postgres@", "visitor@")
    opened = Database(url, clock)
    storage = Storage(opened.unit_of_work, opened.journal(FakeBus()), clock, FakeBus())
    await storage.journal.start()
    try:
        first = await storage.journal.append(draft(clock))
        postgres.psql(refuses)
        postgres.psql("SELECT pg_reload_conf()")
        postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'visitor'")
        for _ in range(2):
            with pytest.raises(Unavailable):
                await storage.journal.append(draft(clock))
        assert said in caplog.text
        postgres.psql(takes)
        postgres.psql("SELECT pg_reload_conf()")
        postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'visitor'")
        second = await storage.journal.append(draft(clock))
        assert await window(storage) == [first.message, second.message]
    finally:
        postgres.psql(takes)
        postgres.psql("SELECT pg_reload_conf()")
        await storage.journal.stop()
        opened.close()
        with open_engine(fresh_postgres, connections=1).connect() as owner:
            owner.execute(text("DROP OWNED BY visitor"))
            owner.commit()
        postgres.psql("DROP ROLE visitor")
