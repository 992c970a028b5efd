"""Two hosts of one site, each with a database and a Redis elsewhere, of which one can vanish."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from tests.chaos.links import Link, Stream, link_to
from tests.chaos.site import SECRET, laboratory
from tests.hosts.network import Network, network, why_not
from tests.servers import PostgresServer, RedisServer, postgres_server, redis_server
from tests.site import Site, free_port, running_site

_HOSTS: Final = ("a", "b")
_DATABASE, _CACHE, _VISITORS = "database", "cache", "visitors"
_POSTGRES_PORT, _REDIS_PORT = 5432, 6379


@dataclass(frozen=True)
class Pair:
    """Host `a` and host `b`. `administered` is the database as its administrator reaches it, whatever has vanished."""

    a: Site
    b: Site
    administered: str
    vanish: Callable[[], None]
    """From one moment to the next nothing comes from `a` any more, and nothing gets there: no end and no reset."""
    come_back: Callable[[], None]


@asynccontextmanager
async def pair(folder: Path, *, namespaces: bool | None = None) -> AsyncIterator[Pair]:
    """Start them, with one worker each, until the block ends.

    They have networks of their own where this machine allows that, or else lines through this process, which fall
    silent: then the kernels of both ends go on answering each other, and only timeouts of the site itself count.
    """
    made = _in_namespaces if namespaces or (namespaces is None and not why_not()) else _behind_lines
    async with made(folder) as started:
        yield started


@asynccontextmanager
async def _in_namespaces(folder: Path) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_context
        net = enter(network(*_HOSTS, _DATABASE, _CACHE, _VISITORS))
        database, cache = net.address(_DATABASE), net.address(_CACHE)
        postgres = await asyncio.to_thread(enter, postgres_server())
        administered = postgres.url
        listen = partial(postgres.listen_on_tcp, database, _POSTGRES_PORT, net.range)
        await asyncio.to_thread(net.hosts[_DATABASE].run, listen)
        redis = RedisServer(Path(enter(tempfile.TemporaryDirectory(prefix="portfolio-server-"))), cache)
        stack.callback(redis.stop)
        await asyncio.to_thread(net.hosts[_CACHE].run, redis.start)
        environment = {
            "HOST": "0.0.0.0",
            "DATABASE_URL": f"{postgres.url}?sslmode=disable",
            "REDIS_URL": f"redis://{cache}:{_REDIS_PORT}/0",
            "SESSION_SECRET": SECRET,
            "RATE_LIMITS": "off",
        }
        running = [enter(ExitStack()) for _ in _HOSTS]
        starts = (
            _started(stack, each, net, name, folder / name, environment)
            for each, name in zip(running, _HOSTS, strict=True)
        )
        a, b = await asyncio.gather(*starts)
        vanish, come_back = partial(net.vanish, "a"), partial(net.come_back, "a")
        try:
            yield Pair(a, b, administered, vanish, come_back)
        finally:
            come_back()  # so that it stops as ever
            await asyncio.gather(*(asyncio.to_thread(each.close) for each in running))


async def _started(
    stack: AsyncExitStack,
    running: ExitStack,
    net: Network,
    name: str,
    folder: Path,
    environment: dict[str, str],
) -> Site:
    port = free_port()
    starting = running_site(folder, port=port, **environment)
    site = await asyncio.to_thread(net.hosts[name].run, lambda: running.enter_context(starting))

    async def dial() -> Stream:
        end = await asyncio.to_thread(net.connection, _VISITORS, name, port)
        return await asyncio.open_connection(sock=end)

    line: Link = await stack.enter_async_context(link_to(dial))
    return replace(site, url=f"http://localhost:{line.port}")


@asynccontextmanager
async def _behind_lines(folder: Path) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        postgres: PostgresServer = await asyncio.to_thread(stack.enter_context, postgres_server())
        redis = await asyncio.to_thread(stack.enter_context, redis_server())
        lab = await stack.enter_async_context(laboratory(folder, postgres, redis, ["lobby"], workers=(1, 1)))
        a, b = lab.hosts
        lines = (a.database, a.redis)

        def vanish() -> None:
            for line in lines:
                line.silence()

        def come_back() -> None:
            for line in lines:
                line.mend(reset=True)

        try:
            yield Pair(a.site, b.site, postgres.url, vanish, come_back)
        finally:
            come_back()
