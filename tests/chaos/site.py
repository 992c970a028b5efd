"""Two hosts of one site on this machine, every line between its parts one that can be cut."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.chaos.front import Front, Proxies, front_of, proxies_of
from tests.chaos.links import Link, link_to, tcp, unix
from tests.faults.seed import add_room
from tests.servers import PostgresServer, RedisServer
from tests.site import ROOT, Site, free_port, running_site, workers_of

SECRET = "the same secret at every host and as long as it has to be"
STOP_WITHIN_S = 30


@dataclass
class Host:
    """One launcher with its workers and folder. It reaches the database and Redis over its own lines."""

    name: str
    folder: Path
    database: Link
    redis: Link
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    root: Path = ROOT
    """The checkout that it is started from."""
    site: Site = field(init=False)
    _running: ExitStack = field(default_factory=ExitStack)
    _busy: threading.Lock = field(default_factory=threading.Lock)
    """A run that is broken off waits for a start that is under way, and ends what it has started."""

    def start(self) -> None:
        """Start, and wait until it is ready; what is left of the last start goes first."""
        with self._busy:
            self._running.close()
            running = running_site(self.folder, port=self.port, root=self.root, **self.environment)
            self.site = self._running.enter_context(running)

    def stop(self) -> None:
        """Stop as an operator does."""
        with self._busy:
            self.site.process.send_signal(signal.SIGTERM)
            try:
                self.site.process.wait(STOP_WITHIN_S)
            finally:
                self._running.close()

    def replace(self, root: Path) -> None:
        """Stop, and start from another checkout."""
        self.stop()
        self.root = root
        self.start()

    def end(self) -> None:
        """End whatever of it still runs."""
        with self._busy:
            self.send(signal.SIGCONT, self.processes())
            self._running.close()

    def workers(self) -> list[int]:
        """The processes that serve visitors; a launcher with a single worker is that itself."""
        return sorted(workers_of(self.site.process.pid)) or [self.site.process.pid]

    def processes(self) -> list[int]:
        """All of its processes."""
        if not hasattr(self, "site"):
            return []
        try:
            launcher = psutil.Process(self.site.process.pid)
            return [launcher.pid, *(child.pid for child in launcher.children(recursive=True))]
        except psutil.NoSuchProcess:
            return []

    def send(self, number: signal.Signals, pids: list[int]) -> None:
        """Send a signal to those of these processes that are still there."""
        for pid in pids:
            try:
                psutil.Process(pid).send_signal(number)
            except psutil.NoSuchProcess:
                continue


@dataclass
class Lab:
    """All parts of the site. `lines` are those between the proxy and each host."""

    postgres: PostgresServer
    redis: RedisServer
    front: Front | Proxies
    lines: list[Link]
    hosts: list[Host]
    newer: Path | None = None
    """The checkout of another version, if there is one."""

    def other_than(self, root: Path) -> Path:
        """The other one of the two versions."""
        assert self.newer is not None
        return self.newer if root == ROOT else ROOT

    @property
    def address(self) -> Site:
        """The site as visitors know it."""
        first = self.hosts[0].site
        return Site(self.front.url, first.data_dir, first.log, first.process, first.environment)


@asynccontextmanager
async def laboratory(
    folder: Path,
    postgres: PostgresServer,
    redis: RedisServer,
    rooms: list[str],
    *,
    workers: tuple[int, int] = (2, 2),
    proxy: str = "",
    newer: Path | None = None,
) -> AsyncIterator[Lab]:
    """Start two hosts and what is around them; whatever was started has ended when the block has.

    `proxy` names the program that stands in front of them, with its sample; without one it is the harness itself.
    """
    async with AsyncExitStack() as stack:
        ports = [free_port(), free_port()]
        lines = [await stack.enter_async_context(link_to(tcp(port))) for port in ports]
        # A line takes every connection, also for a host that is down: to a real proxy it would be one that hangs up.
        front = await stack.enter_async_context(
            proxies_of(proxy, folder / proxy, (ports[0], ports[1]))
            if proxy
            else front_of([line.port for line in lines])
        )
        hosts = []
        for name, port, count in zip("ab", ports, workers, strict=True):
            database = await stack.enter_async_context(link_to(unix(str(postgres.socket))))
            cache = await stack.enter_async_context(link_to(unix(str(redis.socket))))
            environment = {
                "WORKERS": str(count),
                "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{database.port}/postgres?sslmode=disable",
                "REDIS_URL": f"redis://127.0.0.1:{cache.port}/0",
                "PUBLIC_URL": front.url,
                "TRUSTED_PROXY_HOPS": "1" if proxy else "0",
                "SESSION_SECRET": SECRET,
                "RATE_LIMITS": "off",
            }
            hosts.append(Host(name, folder / name, database, cache, environment, port))
        stack.push_async_callback(_end, hosts)
        # One of them migrates an empty database, the other waits for it by itself.
        async with asyncio.TaskGroup() as starting:
            for host in hosts:
                starting.create_task(asyncio.to_thread(host.start))
        for room in rooms[1:]:
            add_room(postgres.url, room)
        yield Lab(postgres, redis, front, lines, hosts, newer)


async def _end(hosts: list[Host]) -> None:
    await asyncio.gather(*(asyncio.to_thread(host.end) for host in hosts))
