"""What stands in front of the hosts: a small proxy of the harness, or a real one with its sample of `ops/`."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import httpx

from tests.chaos.links import Link, Stream, tcp
from tests.proxies import certificate, proxy
from tests.site import free_port

LOOK_EVERY_S = 0.5
LOOK_WITHIN_S = 1.5


class Front:
    """Balances over the `ports` of hosts that say they are ready, one after the other; visitors come by its `link`."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.link = Link(self._dial)
        self._ports = ports
        self._ready: set[int] = set()
        self._turn = 0

    @property
    def url(self) -> str:
        """Where visitors find the site."""
        return f"http://localhost:{self.link.port}"

    async def reload(self) -> None:
        """Break every connection, as a proxy does that was told to begin anew and waits for nobody."""
        self.link.reset()

    async def look(self) -> None:
        """Ask every host now and then whether it is ready, until cancelled."""
        async with httpx.AsyncClient(timeout=LOOK_WITHIN_S) as client:
            while True:
                answers = await asyncio.gather(*(self._is_ready(client, port) for port in self._ports))
                self._ready = {port for port, ready in zip(self._ports, answers, strict=True) if ready}
                await asyncio.sleep(LOOK_EVERY_S)

    async def _is_ready(self, client: httpx.AsyncClient, port: int) -> bool:
        try:
            answer = await client.get(f"http://127.0.0.1:{port}/api/ready", headers={"connection": "close"})
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    async def _dial(self) -> Stream:
        self._turn += 1
        ports = [*self._ports[self._turn % len(self._ports) :], *self._ports[: self._turn % len(self._ports)]]
        # As with nginx, a host that is not ready is still better than none.
        for port in sorted(ports, key=lambda port: port not in self._ready):
            with contextlib.suppress(OSError):
                return await tcp(port)()
        raise ConnectionRefusedError


@asynccontextmanager
async def front_of(ports: Sequence[int]) -> AsyncIterator[Front]:
    """A proxy that runs until the block ends."""
    front = Front(ports)
    await front.link.listen()
    looking = asyncio.create_task(front.look())
    try:
        yield front
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await front.link.close()


class Proxies:
    """A real proxy in front of two hosts, with TLS; everything in this process believes its certificate."""

    def __init__(self, name: str, folder: Path, hosts: tuple[int, int]) -> None:
        self._name, self._folder, self._hosts = name, folder, hosts
        self._port = free_port()
        self._running = ExitStack()
        folder.mkdir(parents=True)
        self._files = certificate(folder)

    @property
    def url(self) -> str:
        """Where visitors find the site."""
        return f"https://localhost:{self._port}"

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        os.environ["SSL_CERT_FILE"] = str(self._files.certificate)
        started = proxy(self._name, self._folder, self._files, self._hosts, self._port)
        self._running.enter_context(started)

    def stop(self) -> None:
        """End it."""
        self._running.close()

    async def reload(self) -> None:
        """Start anew, waiting for nobody."""
        await asyncio.to_thread(self.stop)
        await asyncio.to_thread(self.start)


@asynccontextmanager
async def proxies_of(name: str, folder: Path, hosts: tuple[int, int]) -> AsyncIterator[Proxies]:
    """One that runs until the block ends."""
    front, before = Proxies(name, folder, hosts), os.environ.get("SSL_CERT_FILE")
    await asyncio.to_thread(front.start)
    try:
        yield front
    finally:
        await asyncio.to_thread(front.stop)
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before
