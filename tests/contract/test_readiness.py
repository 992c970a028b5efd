"""What readiness asks of the real adapters."""

from pathlib import Path

import pytest

from portfolio_app.app.errors import NotReady
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.readiness import DatabaseDisk, checks
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


async def test_each_deployment_is_asked_for_what_it_uses(sqlite_url: str, redis_url: str) -> None:
    database = Database(sqlite_url, FakeClock())
    bus = MemoryBus()
    journal = database.journal(bus)
    alone = checks(database.unit_of_work, journal, bus, sqlite_url)
    shared = checks(database.unit_of_work, journal, RedisBus(redis_url), "postgresql+psycopg2://h/db")
    assert set(alone) == {"database", "journal", "bus", "descriptors", "disk"}
    assert set(shared) == {"database", "journal", "bus", "descriptors", "redis"}
    database.close()
