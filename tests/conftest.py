"""Servers and addresses that any test may ask for."""

import fcntl
import gc
import itertools
import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import redis
from httpx._transports import default as transports
from hypothesis import settings

from portfolio_app import folders
from portfolio_app.http.content.loader import content
from portfolio_app.http.site import absent
from tests.servers import PostgresServer, RedisServer, postgres_server, redis_server
from tests.site import ROOT

_numbers = itertools.count(1)
# How long an example takes is the machine's matter. Each gate draws others: a half of the usual number a time.
settings.register_profile("gate", deadline=None, max_examples=50)
settings.load_profile("gate")
# Each client, and each `httpx.get`, reads the certificates of every authority again: 30 ms of a processor, which was
# most of what waiting for a site and being a visitor cost. The tests ask nobody outside.
transports.create_ssl_context = cache(transports.create_ssl_context)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run; tests take databases of their own from `postgres_url`."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh, empty database, as DATABASE_URL takes it."""
    name = f"test_{next(_numbers)}"
    postgres.psql(f"CREATE DATABASE {name}")
    yield postgres.database_url(name)
    postgres.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def no_collector() -> Iterator[None]:
    """No garbage collection during the test: what is freed is freed by itself."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet, as DATABASE_URL takes it."""
    return f"sqlite:///{tmp_path / 'portfolio.db'}"


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    """One Redis for the whole run; tests take it empty from `redis_url`."""
    with redis_server() as server:
        yield server


@pytest.fixture
def redis_url(redis_process: RedisServer) -> str:
    """An empty Redis, as REDIS_URL takes it."""
    with redis.Redis.from_url(redis_process.url) as client:
        client.flushall()
    return redis_process.url


LOCKS = ROOT / ".build" / "gate"
ABSENT = absent(content().profile)
"""Features that this site does not have: the tests in their folders are about nothing."""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the folders of tests whose feature the profile does not list, and tests of demos that are not there."""
    if collection_path.suffix == ".py":
        return True if _of_absent_demo(collection_path) else None
    return True if collection_path.name in ABSENT else None


def _of_absent_demo(file: Path) -> bool:
    names = re.findall(r"^from portfolio_app\.demos\.(\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return any(not _has_demo(name) for name in names)


def _has_demo(name: str) -> bool:
    return (folders.demos() / f"{name}.py").exists() or (folders.demos() / name).is_dir()


def pytest_configure(config: pytest.Config) -> None:
    """The gate has the tests of demos outside the checkout, too."""
    gc.disable()  # what is imported and collected stays, and would be looked through again and again
    outside = folders.demos() in folders.outside()
    if outside and config.args_source is pytest.Config.ArgsSource.TESTPATHS and folders.demo_tests().is_dir():
        config.args.append(str(folders.demo_tests()))


def pytest_collection_finish() -> None:
    """From here on, tests leave something to collect."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """Let Python end what was imported in the order that it needs."""
    gc.unfreeze()


def _is_about_this_site(item: pytest.Item) -> bool:
    shows = content().profile.shows
    listed = all(shows(name) for mark in item.iter_markers("sections") for name in mark.args)
    return listed and all(_has_demo(name) for mark in item.iter_markers("demos") for name in mark.args)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Hold the other streams while a test marked `alone` runs, which bounds how long something takes."""
    with _machine(alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def _machine(*, alone: bool) -> Iterator[None]:
    """A lock over all streams of a gate, shared by all tests but those that run alone."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    LOCKS.mkdir(parents=True, exist_ok=True)
    with (LOCKS / "queue").open("w") as queue, (LOCKS / "machine").open("w") as machine:
        # Who waits for the machine holds the queue: otherwise two streams could share it for ever.
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(machine, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about sections that the front page does not have.

    Mark what needs a server, so that `-m "not postgres"` leaves it out.
    """
    config.hook.pytest_deselected(items=[item for item in items if not _is_about_this_site(item)])
    items[:] = filter(_is_about_this_site, items)
    for item in items:
        for fixture, mark in (("postgres", pytest.mark.postgres), ("redis_process", pytest.mark.redis)):
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
