"""The site that is abused, and how a client of a network reaches it."""

import asyncio
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from benchmarks.fanout.systems import Site

ADDRESSES: Final = 8
"""Of the loopback range, that networks are taken for where nothing in front of the site says which they are."""


class LimitedSite(Site):
    """The site with the limits of production: a client is the network that a proxy says, or its own address."""

    def __init__(self, hops: int = 1) -> None:
        super().__init__()
        self.hops = hops

    def env(self, port: int, scratch: Path, /) -> dict[str, str]:
        """As the site, limits on."""
        return super().env(port, scratch) | {"RATE_LIMITS": "on", "TRUSTED_PROXY_HOPS": str(self.hops)}

    def event(self, name: str, payload: object, path: str = "/chat") -> str:
        """The frame of an event of the site; `name` is of its state and its handler."""
        router = {"pathname": path, "asPath": path, "query": {}}
        event = {"name": _handlers()[name], "payload": payload, "router_data": router}
        return "42/_event," + json.dumps(["event", event])


@cache
def _handlers() -> dict[str, str]:
    """Full names of what a browser may call, by those of state and handler."""
    import portfolio_app.portfolio_app  # noqa: F401 (makes the states, which only an abuser needs)
    from portfolio_app.http.transport.frames.events import allowed_events

    return {name.rpartition("____")[2]: name for name in allowed_events()}


@dataclass(slots=True)
class Target:
    """The site under test, and how to reach it."""

    system: LimitedSite
    port: int
    done: Counter[str] = field(default_factory=Counter)
    """Counts of the abuse done to it, by name."""

    async def tab(self, network: str, stack: AsyncExitStack, *, unread: bool = False) -> ClientConnection:
        """A tab of a new visitor, joined to the room; from then on an `unread` one takes one frame at most."""
        line = await stack.enter_async_context(self.websocket(network, unread=unread))
        await line.send(self.system.connect_packet())
        while not self.system.joined(str(await line.recv()).encode()):
            pass
        return line

    def websocket(self, network: str, *, unread: bool = False) -> connect:
        """The websocket of a tab that has said nothing."""
        path, headers = self.system.handshake(self.port, None)
        spoken = Subprotocol(headers.pop("Sec-WebSocket-Protocol"))
        return connect(
            f"ws://localhost:{self.port}{path}",
            additional_headers=headers | self.headers(network),
            subprotocols=[spoken],
            compression=None,
            proxy=None,
            max_size=None,
            max_queue=1 if unread else None,  # without a bound a ping is answered while frames wait
            ping_interval=None,
            host="127.0.0.1",
            local_addr=self.address(network),
        )

    def client(self, network: str) -> httpx.AsyncClient:
        """Plain requests of a network, as of a page of the site."""
        origin, address = f"http://localhost:{self.port}", self.address(network)
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"host": f"localhost:{self.port}", "origin": origin} | self.headers(network),
            transport=httpx.AsyncHTTPTransport(local_address=address[0] if address else None),
            timeout=60,
        )

    async def line(self, network: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which nothing was said."""
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=self.address(network))

    def head(self, network: str, request: str, *fields: str) -> bytes:
        """A request without its body."""
        own = [f"{name}: {value}" for name, value in self.headers(network).items()]
        return "\r\n".join(
            (f"{request} HTTP/1.1", f"Host: localhost:{self.port}", *own, *fields, "", "")
        ).encode()

    def headers(self, network: str) -> dict[str, str]:
        """The headers that a proxy in front of the site would add to a request."""
        return {"x-forwarded-for": network} if self.system.hops else {}

    def address(self, network: str) -> tuple[str, int] | None:
        """Where to call from."""
        return None if self.system.hops else (f"127.0.1.{1 + zlib.crc32(network.encode()) % ADDRESSES}", 0)


@contextmanager
def broken_off() -> Iterator[None]:
    """Take whatever ends a connection for what it is here: an end that was to be expected."""
    with suppress(ConnectionClosed, InvalidHandshake, OSError, EOFError, httpx.HTTPError, TimeoutError):
        yield


def together(work: Any) -> Any:  # noqa: ANN401 (as gather has it)
    """All of it at once."""
    return asyncio.gather(*work)
