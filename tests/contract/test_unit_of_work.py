"""Contract of `UnitOfWork`, and what only a database can do to one."""

import asyncio
import contextvars
import threading
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from portfolio_app.app.errors import Busy, Unavailable
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.user import Role, Username
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.faults import IN_DOUBT
from portfolio_app.infra.db.unit_of_work import SqlUnitOfWork
from tests.contract.conftest import Storage
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.samples import LOBBY, user


async def test_what_returns_is_kept(storage: Storage) -> None:
    stored = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))

    assert await storage.unit_of_work.run(lambda r: r.users.get(stored.id)) == stored


async def test_what_raises_is_undone_as_a_whole(storage: Storage) -> None:
    def add_and_fail(repositories: Repositories) -> None:
        stored = repositories.users.add(user(storage.clock))
        repositories.credentials.put(stored.id, "hash")
        repositories.rooms.next_revision(LOBBY)
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        await storage.unit_of_work.run(add_and_fail)

    assert await storage.unit_of_work.run(lambda r: r.users.by_username(Username("ann-1"))) is None
    assert await storage.unit_of_work.run(lambda r: r.credentials.get(1)) is None
    assert [room.revision for room in await storage.unit_of_work.run(lambda r: r.rooms.all())] == [0]


async def test_context_variables_reach_the_work(storage: Storage) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    variable.set("mine")

    assert await storage.unit_of_work.run(lambda _: variable.get()) == "mine"


async def test_work_runs_off_the_event_loop(database: Database) -> None:
    assert await database.unit_of_work.run(lambda _: threading.get_ident()) != threading.get_ident()


async def test_writers_that_read_first_do_not_lose_an_update(database: Database) -> None:
    """On SQLite a transaction that read before another one wrote must begin again."""

    def read_then_take(repositories: Repositories) -> int:
        room = repositories.rooms.get(LOBBY)
        assert room is not None
        return repositories.rooms.next_revision(LOBBY)

    taken = await asyncio.gather(*(database.unit_of_work.run(read_then_take) for _ in range(40)))

    assert sorted(taken) == list(range(1, 41))


async def test_work_is_tried_again_once_when_its_connection_breaks(database: Database) -> None:
    attempts = []

    def break_once(repositories: Repositories) -> int:
        attempts.append(repositories.rooms.next_revision(LOBBY))
        if len(attempts) == 1:
            raise OperationalError("", {}, Exception("gone"), connection_invalidated=True)
        return len(attempts)

    assert await database.unit_of_work.run(break_once) == 2
    assert attempts == [1, 1]


async def test_work_whose_connection_keeps_breaking_is_unavailable(database: Database) -> None:
    def always_break(_: Repositories) -> None:
        raise OperationalError("", {}, Exception("gone"), connection_invalidated=True)

    with pytest.raises(Unavailable):
        await database.unit_of_work.run(always_break)


async def test_a_commit_that_broke_is_not_repeated(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []
    driver = database.engine.dialect.loaded_dbapi

    def promote(repositories: Repositories) -> None:
        attempts.append(1)
        repositories.users.set_role(1, Role.MODERATOR)

    def refuse(_connection: object) -> None:
        raise driver.OperationalError("database is locked")

    await database.unit_of_work.run(lambda r: r.users.add(user(clock)))
    with monkeypatch.context() as broken:
        broken.setattr(database.engine.dialect, "do_commit", refuse)
        with pytest.raises(Unavailable):
            await database.unit_of_work.run(promote)

    assert len(attempts) == 1
    stored = await database.unit_of_work.run(lambda r: r.users.get(1))
    assert stored is not None
    assert not stored.is_moderator


async def test_a_database_that_is_not_there_is_unavailable(clock: FakeClock) -> None:
    database = Database("postgresql+psycopg2://nobody@127.0.0.1:1/nothing", clock)

    with pytest.raises(Unavailable):
        await database.unit_of_work.run(lambda r: r.rooms.all())
    database.close()


async def test_of_a_change_whose_commit_was_not_answered_watchers_are_told_to_read_again(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that succeeded but was not acknowledged: its caller publishes nothing, so all workers reread."""
    bus, dialect = FakeBus(), database.engine.dialect
    unit_of_work = SqlUnitOfWork(database.engine, clock, bus)
    commit = dialect.do_commit

    def lose_the_answer(connection: Any) -> None:
        commit(connection)
        raise dialect.loaded_dbapi.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as broken:
        broken.setattr(dialect, "do_commit", lose_the_answer)
        with pytest.raises(Unavailable) as refused:
            await unit_of_work.run(lambda r: r.users.add(user(clock)))

    assert not isinstance(refused.value, Busy)
    assert bus.events == [IN_DOUBT]
    assert await unit_of_work.run(lambda r: r.users.get(1)) is not None
    unit_of_work.close()
