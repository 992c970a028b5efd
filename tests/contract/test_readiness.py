"""What readiness asks of the real adapters."""

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from portfolio_app.app.errors import NotReady
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.migrate import upgrade
from portfolio_app.infra.readiness import DatabaseDisk, DatabaseFile, checks
from portfolio_app.settings import Settings
from tests.contract.conftest import DATABASES
from tests.fakes.clock import FakeClock


async def test_a_journal_is_ready_while_it_writes(sqlite_url: str) -> None:
    database = Database(sqlite_url, FakeClock())
    journal = database.journal(MemoryBus())
    with pytest.raises(NotReady):
        journal.check()
    await journal.start()
    journal.check()
    await journal.stop()
    with pytest.raises(NotReady, match="no longer writes"):
        journal.check()
    database.close()


async def test_a_memory_bus_is_ready_while_it_delivers() -> None:
    bus = MemoryBus()
    with pytest.raises(NotReady, match="no longer delivers"):
        bus.check()
    await bus.start()
    bus.check()
    await bus.stop()
    with pytest.raises(NotReady):
        bus.check()


async def test_a_redis_bus_is_ready_while_it_delivers_even_without_redis(redis_url: str) -> None:
    for url in (redis_url, "redis://127.0.0.1:1/0"):
        bus = RedisBus(url)
        await bus.start()
        bus.check()
        await bus.stop()
        with pytest.raises(NotReady):
            bus.check()


async def test_a_disk_with_room_is_ready_and_a_full_one_is_not(tmp_path: Path) -> None:
    await DatabaseDisk(tmp_path)()
    with pytest.raises(NotReady, match="almost full"):
        await DatabaseDisk(tmp_path, least_free=1 << 62)()


async def test_a_file_that_is_moved_or_replaced_under_the_site_is_not_ready(tmp_path: Path) -> None:
    await DatabaseFile(tmp_path / "none yet")()
    (file := tmp_path / "portfolio.db").touch()
    opened = DatabaseFile(file)
    await opened()
    file.rename(away := tmp_path / "away.db")
    with pytest.raises(NotReady, match="was moved or deleted"):
        await opened()
    file.touch()
    with pytest.raises(NotReady, match="was moved or deleted"):
        await opened()
    away.replace(file)
    await opened()


async def test_a_disk_that_takes_no_files_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, _: path != tmp_path)  # as of one that was mounted read-only
    with pytest.raises(NotReady, match="takes no files"):
        await DatabaseDisk(tmp_path)()


@pytest.mark.parametrize("kind", DATABASES)
async def test_a_database_that_lacks_a_table_or_a_column_is_not_ready(
    request: pytest.FixtureRequest, kind: str
) -> None:
    url = request.getfixturevalue(f"fresh_{kind}")
    database, bus = Database(url, FakeClock()), MemoryBus()
    ready = checks(database.unit_of_work, database.journal(bus), bus, url)["database"]
    await ready()
    for change, back in (
        ("TABLE reactions RENAME TO gone", "TABLE gone RENAME TO reactions"),
        ("TABLE users RENAME COLUMN role TO gone", "TABLE users RENAME COLUMN gone TO role"),
    ):
        with database.engine.begin() as connection:
            connection.execute(text(f"ALTER {change}"))
        with pytest.raises(NotReady, match="lacks tables or columns"):
            await ready()
        with database.engine.begin() as connection:
            connection.execute(text(f"ALTER {back}"))
        await ready()
    database.close()


@pytest.mark.postgres
async def test_a_database_that_takes_no_writes_is_not_ready(postgres_url: str) -> None:
    url = Settings.from_env({"DATABASE_URL": postgres_url}).database_url
    upgrade(url)
    name = urlsplit(url).path.strip("/")
    engine = open_engine(url, connections=1)
    for refuses, expected in (("off", None), ("on", "takes no writes")):
        with engine.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {refuses}'))
            connection.commit()
        database, bus = Database(url, FakeClock()), MemoryBus()
        ready = checks(database.unit_of_work, database.journal(bus), bus, url)["database"]
        with pytest.raises(NotReady, match=expected) if expected else contextlib.nullcontext():
            await ready()
        database.close()
    engine.dispose()


async def test_each_deployment_is_asked_for_what_it_uses(sqlite_url: str, redis_url: str) -> None:
    database = Database(sqlite_url, FakeClock())
    bus = MemoryBus()
    journal = database.journal(bus)
    alone = checks(database.unit_of_work, journal, bus, sqlite_url)
    shared = checks(database.unit_of_work, journal, RedisBus(redis_url), "postgresql+psycopg2://h/db")
    assert set(alone) == {"database", "journal", "bus", "descriptors", "disk", "file"}
    assert set(shared) == {"database", "journal", "bus", "descriptors", "redis"}
    database.close()
