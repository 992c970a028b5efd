"""Whole sites, started by the launcher, for tests to break."""

from collections.abc import Iterator

import pytest

from tests.faults.workers import wait_for_workers
from tests.servers import PostgresServer, RedisServer, postgres_server, redis_server
from tests.site import Site, free_ports, running_site


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A server that a test may stop."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    """A server that a test may stop."""
    with redis_server() as server:
        yield server


@pytest.fixture(scope="module")
def two_workers(
    own_postgres: PostgresServer, own_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One site in two processes, with every limit on, as if behind a proxy."""
    folder = tmp_path_factory.mktemp("workers")
    with running_site(
        folder,
        WORKERS="2",
        DATABASE_URL=own_postgres.url,
        REDIS_URL=own_redis.url,
        TRUSTED_PROXY_HOPS="1",
        METRICS_PORT=str(free_ports(2)[0]),
    ) as site:
        wait_for_workers(site, 2)
        yield site


@pytest.fixture(scope="module")
def busy_workers(
    own_postgres: PostgresServer, own_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One site in two processes, for a crowd that no limit slows down."""
    folder = tmp_path_factory.mktemp("busy")
    with running_site(
        folder, WORKERS="2", DATABASE_URL=own_postgres.url, REDIS_URL=own_redis.url, RATE_LIMITS="off"
    ) as site:
        wait_for_workers(site, 2)
        yield site
