"""The adapters that each contract is asked of."""

import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portfolio_app.app.ports.journal import MessageJournal
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.migrate import upgrade
from portfolio_app.infra.db.timings import BatchTimings
from portfolio_app.settings import Settings
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork
from tests.servers import NatsServer, PostgresServer, RedisServer, nats_server, redis_server

DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))

NATS = pytest.param(
    "nats",
    marks=pytest.mark.skipif(
        sys.platform != "linux", reason="its server in requirements-dev.in is for Linux"
    ),
)


@dataclass
class Storage:
    """A unit of work and a journal on the same rows, the clock they read and the bus they publish on."""

    unit_of_work: UnitOfWork
    journal: MessageJournal
    clock: FakeClock
    bus: FakeBus


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "portfolio.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The name of a database with the newest schema, to use as a template."""
    postgres.psql("CREATE DATABASE migrated")
    upgrade(sqlalchemy_url(postgres.database_url("migrated")))
    return "migrated"


@pytest.fixture
def fresh_sqlite(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A migrated file of this test's own, as a SQLAlchemy URL."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'portfolio.db')}"


@pytest.fixture
def fresh_postgres(postgres: PostgresServer, migrated_postgres: str) -> Iterator[str]:
    """A migrated database of this test's own, as a SQLAlchemy URL."""
    postgres.psql(f"CREATE DATABASE fresh TEMPLATE {migrated_postgres}")
    yield sqlalchemy_url(postgres.database_url("fresh"))
    postgres.psql("DROP DATABASE fresh WITH (FORCE)")


def sqlalchemy_url(database_url: str) -> str:
    """The address with its driver, as the settings make it."""
    return Settings.from_env({"DATABASE_URL": database_url}).database_url


def laptop_settings(data_dir: Path, **more: str) -> Settings:
    """Settings of a site on nothing but this machine, unless `more` says otherwise."""
    return Settings.from_env({"DATA_DIR": str(data_dir)} | more)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def batches() -> list[BatchTimings]:
    """What the journal's observer was called with."""
    return []


@pytest.fixture(params=DATABASES)
def database(
    request: pytest.FixtureRequest, clock: FakeClock, batches: list[BatchTimings]
) -> Iterator[Database]:
    """A migrated database, on each of the two kinds."""
    opened = Database(request.getfixturevalue(f"fresh_{request.param}"), clock)
    yield opened
    opened.close()


@pytest.fixture
async def sql_storage(
    database: Database, clock: FakeClock, batches: list[BatchTimings]
) -> AsyncIterator[Storage]:
    """Real rows only."""
    bus = FakeBus()
    journal = database.journal(bus, batches.append)
    await journal.start()
    yield Storage(database.unit_of_work, journal, clock, bus)
    await journal.stop()


@pytest.fixture(params=["fake", *DATABASES])
async def storage(request: pytest.FixtureRequest, clock: FakeClock) -> AsyncIterator[Storage]:
    """Rows in memory, and on each database."""
    bus = FakeBus()
    if request.param == "fake":
        unit_of_work = FakeUnitOfWork(Store(), clock)
        yield Storage(unit_of_work, FakeJournal(unit_of_work, bus), clock, bus)
        return
    opened = Database(request.getfixturevalue(f"fresh_{request.param}"), clock)
    journal = opened.journal(bus)
    await journal.start()
    yield Storage(opened.unit_of_work, journal, clock, bus)
    await journal.stop()
    opened.close()


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    """A server this module may stop."""
    with redis_server() as server:
        yield server


@pytest.fixture(scope="module")
def nats_process() -> Iterator[NatsServer]:
    """A server this module may stop."""
    with nats_server() as server:
        yield server


@pytest.fixture
async def workers(redis_url: str) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """Two workers of one site."""
    buses = RedisBus(redis_url), RedisBus(redis_url)
    for bus in buses:
        await bus.start()
    yield buses
    for bus in buses:
        await bus.stop()


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest) -> str:
    """A database without a table."""
    return sqlalchemy_url(request.getfixturevalue(f"{request.param}_url"))
