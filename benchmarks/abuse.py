"""Abuse: how long an honest visitor's post takes while others cost the site as much as they may.

The others are a process of their own (`python -m benchmarks.abuse CASE PORT`), behind the one that measures.
"""

import asyncio
import itertools
import json
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from benchmarks.fanout.systems import Site
from benchmarks.rows import Row, Sheet, percentile, worded
from benchmarks.server import CLIENT_CORE, Server, client, free_port, pin
from benchmarks.turns import in_turns

VISITORS: Final = 10
"""Honest ones, each from a network of its own, that post in turn: nobody meets a rate limit."""
PAUSE_S: Final = 0.2
SOCKETS: Final = 20
EVENTS_PER_S: Final = 28
"""Of a socket: just below what the frame filter lets through."""
NETWORKS: Final = 8
SIGN_INS: Final = 50
UNITS: Final = {"post_p50_ms": "ms", "post_p95_ms": "ms", "post_p95_ratio": "x idle"}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure."""

    rounds: int
    seconds: float


FULL = Scope(rounds=3, seconds=20.0)
QUICK = Scope(rounds=1, seconds=4.0)


class LimitedSite(Site):
    """The site with the limits of production, as behind one proxy: a client is whatever network it says."""

    def handler(self, name: str) -> str:
        """The full name of a handler of the site."""
        from portfolio_app.http.account.state import SignInState
        from portfolio_app.http.chat.state import ChatState

        return {
            "repair": f"{ChatState.get_full_name()}.repair",
            "sign-in": f"{SignInState.get_full_name()}.submit",
        }[name]

    def env(self, port: int, scratch: Path, /) -> dict[str, str]:
        """As the site, limits on."""
        return super().env(port, scratch) | {"RATE_LIMITS": "on", "TRUSTED_PROXY_HOPS": "1"}


@dataclass(slots=True)
class Target:
    """The site under test, and how to reach it."""

    system: LimitedSite
    port: int

    async def tab(self, network: str, stack: AsyncExitStack) -> ClientConnection:
        """A tab of a new visitor, joined to the room."""
        path, headers = self.system.handshake(self.port, None)
        spoken = Subprotocol(headers.pop("Sec-WebSocket-Protocol"))
        line = await stack.enter_async_context(
            connect(
                f"ws://localhost:{self.port}{path}",
                additional_headers=headers | {"x-forwarded-for": network},
                subprotocols=[spoken],
                compression=None,
                proxy=None,
                max_size=None,
                max_queue=None,  # a ping is answered while frames wait to be looked at
            )
        )
        await line.send(self.system.connect_packet())
        while not self.system.joined(str(await line.recv()).encode()):
            pass
        return line


Abuse = Callable[[Target], Awaitable[None]]


async def events(target: Target, networks: int = 1) -> None:
    """Sockets that ask for all the room has, as often as they may, and read the answers."""
    name = target.system.handler("repair")
    event = {"name": name, "payload": {"after": 0}, "router_data": {"pathname": "/chat", "query": {}}}
    frame = "42/_event," + json.dumps(["event", event])

    async def ask(network: str) -> None:
        while True:
            with suppress(ConnectionClosed, InvalidHandshake, OSError):
                async with AsyncExitStack() as stack:
                    line = await target.tab(network, stack)
                    reading = asyncio.create_task(_read(line))
                    stack.callback(reading.cancel)
                    while not reading.done():
                        await line.send(frame)
                        await asyncio.sleep(1 / EVENTS_PER_S)
            await asyncio.sleep(1)

    await _together(ask(f"203.0.113.{n % networks}") for n in range(SOCKETS * networks))


async def crowd(target: Target) -> None:
    """The same from several networks at once."""
    await events(target, NETWORKS)


async def joins(target: Target) -> None:
    """Tabs of one network that open, load their page and close, one after the other."""

    async def join() -> None:
        while True:
            with suppress(ConnectionClosed, InvalidHandshake, OSError):
                async with AsyncExitStack() as stack:
                    await target.tab("203.0.113.1", stack)
            await asyncio.sleep(0.1)

    await _together(join() for _ in range(SOCKETS))


async def sign_ins(target: Target) -> None:
    """Wrong passwords from many networks, fifty at a time."""
    name = target.system.handler("sign-in")
    numbers = itertools.count()

    async def guess() -> None:
        while True:
            network = f"10.9.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
            form = {"email": f"nobody{next(numbers)}@example.org", "password": secrets.token_hex(8)}
            event = {"name": name, "payload": {"form": form}, "router_data": {"pathname": "/", "query": {}}}
            with suppress(ConnectionClosed, InvalidHandshake, OSError):
                async with AsyncExitStack() as stack:
                    line = await target.tab(network, stack)
                    for _ in range(5):
                        await line.send("42/_event," + json.dumps(["event", event]))
                        while '"busy_rx_state_":false' not in str(await line.recv()).replace(" ", ""):
                            pass

    await _together(guess() for _ in range(SIGN_INS))


async def requests(target: Target) -> None:
    """Pages of one network, as fast as they are answered."""

    async def ask(client: httpx.AsyncClient) -> None:
        while True:
            with suppress(httpx.HTTPError):
                await client.get("/chat", headers={"x-forwarded-for": "203.0.113.1", "accept": "text/html"})

    async with httpx.AsyncClient(base_url=f"http://localhost:{target.port}") as client:
        await _together(ask(client) for _ in range(SOCKETS))


async def unfinished(target: Target) -> None:
    """Connections that say a little and then nothing, again and again."""

    async def wait(beginning: bytes) -> None:
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
                writer.write(beginning)
                await reader.read()
                writer.close()

    beginnings = (b"", b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n1")
    await _together(wait(each) for each in beginnings for _ in range(SOCKETS * 10))


CASES: Final[dict[str, Abuse]] = {
    "events": events,
    "crowd": crowd,
    "joins": joins,
    "sign-ins": sign_ins,
    "requests": requests,
    "unfinished": unfinished,
}


async def run(*, quick: bool) -> list[Row]:
    """Measure every case beside an idle site; takes about eight minutes, or one when quick."""
    scope = QUICK if quick else FULL
    return await in_turns("abuse", scope.rounds, {case: case for case in CASES}, partial(_round, scope=scope))


async def _round(case: str, round_: int, scope: Scope) -> list[Row]:
    system = LimitedSite()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="abuse-")))
        port = free_port()
        server = await Server.start(
            system.command(port), system.env(port, scratch), scratch, port, system.ready_path
        )
        try:
            async with AsyncExitStack() as tabs:
                target = Target(system, port)
                authors = [await target.tab(f"198.51.100.{n}", tabs) for n in range(VISITORS)]
                await posts_of(system, authors, 2.0)
                idle = await posts_of(system, authors, scope.seconds)
                with client(__name__, case, str(port)) as others:
                    await asyncio.sleep(min(10.0, scope.seconds))  # the first of it is within every budget
                    beside = await posts_of(system, authors, scope.seconds)
                if others.returncode != -signal.SIGTERM:
                    raise RuntimeError(f"{case} ended by itself: {others.returncode}")
        finally:
            await server.stop()
    return rows_beside_idle(Sheet("abuse", system.name, SOCKETS, round_, UNITS), idle, case, beside)


def rows_beside_idle(
    sheet: Sheet, idle: list[float], kind: str, beside: list[float], **more: float
) -> list[Row]:
    """Seconds that posts took on an idle site and beside abuse of a `kind`, of which `more` is known, as rows."""
    values = {
        name: {"post_p50_ms": percentile(took, 50) * 1000, "post_p95_ms": percentile(took, 95) * 1000}
        for name, took in (("idle", idle), (kind, beside))
    }
    values[kind] |= {"post_p95_ratio": values[kind]["post_p95_ms"] / values["idle"]["post_p95_ms"], **more}
    return [replace(row, kind=name) for name, found in values.items() for row in sheet.rows(found)]


async def posts_of(system: Site, authors: list[ClientConnection], seconds: float) -> list[float]:
    """Post in turn for so long; seconds until each author had the answer."""
    took: list[float] = []
    deadline = time.perf_counter() + seconds
    for author, number in zip(
        itertools.cycle(authors), itertools.count(secrets.randbelow(900_000)), strict=False
    ):
        if (started := time.perf_counter()) > deadline:
            return took
        await author.send(system.post(number))
        while '"outcome_rx_state_"' not in (frame := str(await author.recv())):
            if frame == "2":
                await author.send("3")
        took.append(time.perf_counter() - started)
        await asyncio.sleep(PAUSE_S)
    return took


async def _read(line: ClientConnection) -> None:
    async for frame in line:
        if frame == "2":
            await line.send("3")


async def _together(work: Iterable[Any]) -> None:
    await asyncio.gather(*work)


async def _abuse(case: str, port: int) -> None:
    await CASES[case](Target(LimitedSite(), port))


def report(rows: list[Row]) -> Iterable[str]:
    """Each case beside the same site idle."""
    measured = [row for row in rows if row.measure == "abuse"]
    if not measured:
        return
    yield "\nAbuse: a post of an honest visitor meanwhile (median of the rounds, lowest and highest)"
    for case in CASES:
        of_case = [row for row in measured if row.kind == case]
        for metric in ("post_p95_ms", "post_p95_ratio"):
            worded_of = worded(of_case, LimitedSite.name, SOCKETS, metric, UNITS[metric])
            yield f"  {case:12} {metric:15} {worded_of}"


if __name__ == "__main__":
    os.nice(10)
    pin(CLIENT_CORE)
    uvloop.run(_abuse(sys.argv[1], int(sys.argv[2])))
