"""The proxy in front of the hosts: connections go to those that say they are ready, one after the other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from tests.chaos.links import Link, Stream, tcp

LOOK_EVERY_S = 0.5
LOOK_WITHIN_S = 1.5


class Front:
    """Balances over the `ports` of hosts, by the answers of `/api/ready`. Visitors connect to its `link`."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.link = Link(self._dial)
        self._ports = ports
        self._ready: set[int] = set()
        self._turn = 0

    def reload(self) -> None:
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
