"""What one host stored while another was cut off from Redis is right at the other once the line is mended.

Nothing more is posted by then: no later event could carry what the lost ones said.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path

import pytest

from portfolio_app.infra.bus.shared import STREAM
from tests.faults.hosts import Hosts, Scene
from tests.faults.line import Line, line_to
from tests.faults.seed import add_room
from tests.servers import PostgresServer, RedisServer
from tests.site import Site, running_site

pytestmark = pytest.mark.server
SECRET = "the same secret at both hosts and as long as it has to be"
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def line(own_redis: RedisServer) -> Iterator[Line]:
    with line_to(str(own_redis.socket)) as line:
        yield line


@contextmanager
def host(
    folder: Path, postgres: PostgresServer, redis_url: str, awaited: str = "/api/ready"
) -> Iterator[Site]:
    options = {"DATABASE_URL": postgres.url, "REDIS_URL": redis_url, "SESSION_SECRET": SECRET}
    with running_site(folder, awaited=awaited, RATE_LIMITS="off", **options) as site:
        yield site


@pytest.fixture(scope="module")
def near(
    own_postgres: PostgresServer, own_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with host(tmp_path_factory.mktemp("near"), own_postgres, own_redis.url) as site:
        for room in ("annex", "cellar"):
            add_room(own_postgres.url, room)
        yield site


@pytest.fixture(scope="module")
def far(
    near: Site, own_postgres: PostgresServer, line: Line, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with host(tmp_path_factory.mktemp("far"), own_postgres, f"redis://127.0.0.1:{line.port}/0") as site:
        yield site


@pytest.fixture
def hosts(near: Site, far: Site, line: Line, own_redis: RedisServer) -> Iterator[Hosts]:
    yield Hosts(near, far, line, own_redis)
    line.mend()


def empty(hosts: Hosts) -> None:
    """Another Redis, which knows nothing."""
    hosts.redis.stop()
    hosts.redis.start()


def trim(hosts: Hosts) -> None:
    """As much traffic as pushes everything before it out of the stream."""
    hosts.command("XTRIM", STREAM, "MAXLEN", 0)


@pytest.mark.parametrize("meanwhile", [empty, trim])
async def test_after_a_cut_line_a_host_reads_again(hosts: Hosts, meanwhile: Callable[[Hosts], None]) -> None:
    async with AsyncExitStack() as stack:
        scene = Scene(hosts)
        await scene.prepare(stack)
        await scene.watch(stack)
        hosts.line.cut()
        await scene.happen()
        await asyncio.to_thread(meanwhile, hosts)
        hosts.line.mend()
        await scene.is_right()
        await scene.goes_on()


async def test_a_redis_whose_clock_went_back_an_hour_stops_nothing(hosts: Hosts) -> None:
    """Entries an hour ahead, then a server without them: as if the clock of a restarted one were behind."""
    ahead = f"{time.time_ns() // 1_000_000 + HOUR_MS}-0"
    hosts.command("XADD", STREAM, ahead, "from", "another release", "events", "[]")
    async with AsyncExitStack() as stack:
        scene = Scene(hosts)
        await scene.prepare(stack)
        await scene.watch(stack)
        await scene.goes_on()
        hosts.line.cut()
        await scene.happen()
        await asyncio.to_thread(empty, hosts)
        hosts.line.mend()
        await scene.is_right()
        await scene.goes_on()


async def test_a_host_that_started_without_redis_reads_again_when_it_is_there(
    near: Site, own_postgres: PostgresServer, own_redis: RedisServer, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        with ExitStack() as running:
            line = running.enter_context(line_to(str(own_redis.socket)))
            line.cut()
            address = f"redis://127.0.0.1:{line.port}/0"
            starting = host(tmp_path, own_postgres, address, awaited="/api/live")
            far = await asyncio.to_thread(running.enter_context, starting)
            scene = Scene(Hosts(near, far, line, own_redis))
            await scene.prepare(stack)
            await scene.watch(stack)
            await scene.happen()
            line.mend()
            await scene.is_right()
            await scene.goes_on()
            await stack.aclose()
