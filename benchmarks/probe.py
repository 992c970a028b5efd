"""The edge: two small answers through the whole site, against the same answers from bare routes."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from benchmarks.fanout.systems import RIVALS, UVICORN, Site, build_site
from benchmarks.rows import Row, percentile, summary
from benchmarks.server import CLIENT_CORE, Server, free_port, pin
from benchmarks.usage import Usage
from portfolio_app.domain.burst.plan import MOST, Plan
from portfolio_app.launcher.burst.site import Site as Visited

SITE, GRANIAN, BARE_UVICORN = "portfolio_app", "granian-starlette", "uvicorn-starlette"
PROMISED: Final = 0.5
CONNECTIONS: Final = 16
CLIENT_BUSY: Final = 0.85
LIVE, NOOP = "", "noop_"
"""The two probes, by the prefix of their metrics."""
_TITLES: Final = {LIVE: "GET /api/live", NOOP: "GET /api/burst/noop, the requests of a run"}
_MORE: Final = "session, ticket, ledgers and live log, which a run can't do without"
_READY: Final = "/api/live"
_LIVE: Final = (b"GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n", b'{"status":"live"}')
_NO_TICKET: Final = {"x-burst-ticket": f"{'0' * 16}.{'0' * 43}", "cookie": "portfolio_session=" + "0" * 180}
_UNITS: Final = {
    "requests_per_s": "1/s",
    "p50_ms": "ms",
    "p99_ms": "ms",
    "cpu_ms": "ms",
    "client_busy": "cores",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure: each round asks `requests` times, after as many as `warm_up`."""

    rounds: int
    requests: int
    warm_up: int


FULL = Scope(rounds=5, requests=20_000, warm_up=2_000)
QUICK = Scope(rounds=2, requests=4_000, warm_up=1_000)


@dataclass(frozen=True, slots=True)
class Target:
    """One server under test."""

    name: str
    command: tuple[str, ...]
    env: dict[str, str]


Question = tuple[bytes, bytes]
"""A request, and what its answer ends with."""


class Asking(asyncio.Protocol):
    """One kept connection: asks again as soon as it is answered, until `left` is empty."""

    def __init__(self, left: Iterator[Question], seconds: list[float]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = left
        self._seconds = seconds
        self._expected = self._answer = b""
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Note the time of a whole answer; anything but the expected one ends the measure."""
        self._answer += data
        if not self._answer.startswith(b"HTTP/1.1 200"):
            self.connection_lost(ConnectionError(self._answer[:80].decode("latin-1")))
        elif self._answer.endswith(self._expected):
            self._seconds.append(time.perf_counter() - self._asked_at)
            self._answer = b""
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """End with an error if the server hung up before all was answered."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))

    def _ask(self) -> None:
        question = next(self._left, None)
        if question is None:
            self.done.set_result(None)
            self._transport.close()
            return
        request, self._expected = question
        self._asked_at = time.perf_counter()
        self._transport.write(request)


async def run(*, quick: bool) -> list[Row]:
    """Measure, with all servers up and asked in turns; takes about two minutes, or 20 seconds when quick."""
    build_site()
    pin(CLIENT_CORE)
    scope = QUICK if quick else FULL
    rows: list[Row] = []
    for round_ in range(1, scope.rounds + 1):
        print(f"probe round {round_}", flush=True)
        for name in (SITE, GRANIAN, BARE_UVICORN):
            with tempfile.TemporaryDirectory(prefix="probe-") as scratch:
                rows += await _measure(name, Path(scratch), scope, round_)
    return rows


async def _measure(name: str, scratch: Path, scope: Scope, round_: int) -> list[Row]:
    port = free_port()
    chosen = target(name, port, scratch)
    server = await Server.start(chosen.command, chosen.env, scratch, port, _READY)
    try:
        values = {probe: await _probe(name, probe, server, scope) for probe in (LIVE, NOOP)}
    finally:
        await server.stop()
    return [
        Row("probe", name, CONNECTIONS, round_, probe + metric, value, _UNITS[metric])
        for probe, measured in values.items()
        for metric, value in measured.items()
    ]


async def _probe(name: str, probe: str, server: Server, scope: Scope) -> dict[str, float]:
    """In parts, for a run of the site has an end; what lies between them is not counted."""
    async with _questions(name, probe, server.port, scope.warm_up) as warming:
        await ask(server.port, warming)
    seconds: list[float] = []
    took = cpu = client = 0.0
    while (left := scope.requests - len(seconds)) > 0:
        async with _questions(name, probe, server.port, min(MOST, left)) as questions:
            usage, before, started = Usage(server), server.cpu_s(), time.perf_counter()
            seconds += await ask(server.port, questions)
            took += time.perf_counter() - started
            cpu += server.cpu_s() - before
            client = max(client, usage.so_far().client)
    return {
        "requests_per_s": len(seconds) / took,
        "p50_ms": percentile(seconds, 50) * 1000,
        "p99_ms": percentile(seconds, 99) * 1000,
        "cpu_ms": cpu / len(seconds) * 1000,
        "client_busy": client,
    }


@asynccontextmanager
async def _questions(name: str, probe: str, port: int, count: int) -> AsyncIterator[list[Question]]:
    if probe == LIVE:
        yield [_LIVE] * count
    elif name != SITE:
        yield noops(_NO_TICKET, count)
    else:
        site = Visited.at(f"http://localhost:{port}")
        run = await site.start(Plan.parse(MOST, CONNECTIONS, "noop"))
        cookie = "; ".join(f"{name}={value}" for name, value in site.cookies.items())
        yield noops(run.headers | {"cookie": cookie}, count)
        await site.abandon(run)


def noops(headers: dict[str, str], count: int) -> list[Question]:
    """Requests of a run, each with what its answer ends with."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return [
        (f"GET /api/burst/noop?n={n} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode(), b'{"n":%d}' % n)
        for n in range(count)
    ]


async def ask(port: int, questions: Iterable[Question]) -> list[float]:
    """Seconds of each of `questions` over `CONNECTIONS` kept connections."""
    loop, left, seconds = asyncio.get_running_loop(), iter(questions), list[float]()
    connected = [
        await loop.create_connection(lambda: Asking(left, seconds), "127.0.0.1", port)
        for _ in range(CONNECTIONS)
    ]
    try:
        await asyncio.gather(*(asking.done for _, asking in connected))
    finally:
        for transport, asking in connected:
            transport.close()
            asking.done.cancel()
    return seconds


def target(name: str, port: int, scratch: Path) -> Target:
    """The site or a bare route, ready to be started."""
    if name == SITE:
        site = Site()
        return Target(name, tuple(site.command(port)), site.env(port, scratch))
    bare = {"PYTHONPATH": str(RIVALS)}
    if name == BARE_UVICORN:
        return Target(name, (*UVICORN, "--port", str(port), "bare_route:app"), bare)
    granian = (sys.executable, "-m", "granian", "--interface", "asgi", "--workers", "1", "--loop", "uvloop")
    granian += ("--no-access-log", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(port))
    return Target(name, (*granian, "bare_route:app"), bare)


def report(rows: list[Row]) -> Iterable[str]:
    """All three, and whether the site keeps its promise."""
    measured = [row for row in rows if row.measure == "probe"]
    for probe, title in _TITLES.items():
        yield f"\nProbe: {title}, over {CONNECTIONS} connections (median of the rounds, lowest and highest)"
        for name in dict.fromkeys(row.system for row in measured):
            yield from _figures(measured, name, probe)
        yield _verdict(measured, probe)


def _figures(measured: list[Row], name: str, probe: str) -> Iterable[str]:
    for metric in ("requests_per_s", "p50_ms", "p99_ms", "cpu_ms"):
        found = summary(measured, name, CONNECTIONS, probe + metric)
        if found is not None:
            yield f"  {name:18} {metric:15} {found.median:10.3f} ({found.low:.3f}-{found.high:.3f})"
    busy = summary(measured, name, CONNECTIONS, probe + "client_busy")
    if busy is not None and busy.high > CLIENT_BUSY:
        yield f"  warning: {name}: the load client used {busy.high:.0%} of a core"


def _verdict(measured: list[Row], probe: str) -> str:
    metric = probe + "requests_per_s"
    site, bare = (summary(measured, name, CONNECTIONS, metric) for name in (SITE, GRANIAN))
    if site is None or bare is None:
        return "  no verdict: a value is missing"
    ratio = site.median / bare.median
    if probe != LIVE:
        return f"  x{ratio:.2f} of a bare route on granian, with {_MORE}; nothing is promised of this one"
    kept = "pass" if ratio >= PROMISED else "FAIL"
    return f"  {kept}  the site answers at least x{PROMISED:.2f} of a bare route on granian: x{ratio:.2f}"
