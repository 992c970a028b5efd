"""Every connection to a database is opened by the engine, with a bound on locks, statements and waiting."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Pool, event

from portfolio_app import bootstrap, maintenance
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.migrate import upgrade
from portfolio_app.infra.readiness import checks
from portfolio_app.settings import Settings
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.samples import draft
from tests.servers import PostgresServer, postgres_server

SESSION = {
    "timezone": "UTC",
    "statement_timeout": "10s",
    "lock_timeout": "6s",
    "idle_in_transaction_session_timeout": "5s",
    "client_connection_check_interval": "1s",
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "4000",
}
SOCKET = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 4000,
}


@pytest.fixture(scope="module")
def tcp_postgres() -> Iterator[PostgresServer]:
    """A server on a port: on a Unix socket PostgreSQL has no TCP settings to show."""
    with postgres_server() as server:
        server.listen_on_tcp()
        yield server


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The arguments of every connection that this process opens to PostgreSQL, from every entry point."""
    connect, opened = psycopg2.connect, []

    def record(*arguments: Any, **options: Any) -> Any:
        opened.append(options)
        return connect(*arguments, **options)

    monkeypatch.setattr(psycopg2, "connect", record)
    return opened


@pytest.fixture
def checkouts() -> Iterator[list[dict[str, str]]]:
    """The settings of every connection that any pool hands out, in the order of `SESSION`."""
    found: list[dict[str, str]] = []

    def show(connection: Any, _record: object, _proxy: object) -> None:
        with connection.cursor() as cursor:
            shown = {}
            for name in SESSION:
                cursor.execute(f"SHOW {name}")
                (shown[name],) = cursor.fetchone()
        connection.rollback()
        found.append(shown)

    event.listen(Pool, "checkout", show)
    yield found
    event.remove(Pool, "checkout", show)


async def serve(settings: Settings) -> None:
    async with bootstrap.build(settings) as services:
        for check in services.checks.values():
            await check()


async def post(settings: Settings) -> None:
    database = Database(settings.database_url, FakeClock())
    journal = database.journal(FakeBus())
    await journal.start()
    await journal.append(draft(FakeClock()))
    await journal.stop()
    database.close()


async def be_ready(settings: Settings) -> None:
    database, bus = Database(settings.database_url, FakeClock()), MemoryBus()
    found = checks(database.unit_of_work, database.journal(bus), bus, settings.database_url)
    await found["database"]()
    database.close()


async def migrate(settings: Settings) -> None:
    await asyncio.to_thread(maintenance.migrate, settings)


async def promote(settings: Settings) -> None:
    with pytest.raises(LookupError):
        await asyncio.to_thread(maintenance.promote, settings, "nobody")


@pytest.mark.postgres
@pytest.mark.parametrize("enter", [migrate, serve, post, be_ready, promote])
async def test_every_connection_of_every_entry_point_is_bounded(
    enter: Callable[[Settings], Any],
    tcp_postgres: PostgresServer,
    tmp_path: Path,
    connections: list[dict[str, Any]],
    checkouts: list[dict[str, str]],
) -> None:
    settings = Settings.from_env({"DATABASE_URL": tcp_postgres.url, "DATA_DIR": str(tmp_path)})
    upgrade(settings.database_url)
    connections.clear()
    checkouts.clear()

    await enter(settings)

    assert connections
    for options in connections:
        assert options.items() >= SOCKET.items()
        assert "options" not in options, "a pooler refuses it"
    assert checkouts
    assert checkouts == [SESSION] * len(checkouts)


def test_only_the_engine_opens_connections() -> None:
    root = Path(bootstrap.__file__).parents[1]
    sources = [*root.rglob("*.py"), *(root.parent / "alembic").rglob("*.py")]
    opening = ("create_engine(", "psycopg2.connect(", "sqlite3.connect(", "engine_from_config(")

    found = {
        path.relative_to(root.parent).as_posix()
        for path in sources
        if any(call in path.read_text(encoding="utf-8") for call in opening)
    }

    # A backup copies the file beside all sessions, and what is restored has none: no other one waits for them.
    db = "portfolio_app/infra/db"
    assert found == {f"{db}/engine.py", f"{db}/backup.py", f"{db}/restore.py"}
