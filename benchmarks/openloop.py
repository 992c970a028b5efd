"""The burst's open loop beside a client that has no loop at all, on a site that stands still once."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.fanout.systems import Site, build_site
from benchmarks.probe import noops
from benchmarks.rows import Row, percentile, summary
from benchmarks.server import CLIENT_CORE, Server, free_port, pin
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.launcher.burst.load import Load, Shape
from portfolio_app.launcher.burst.site import RunTicket
from portfolio_app.launcher.burst.site import Site as Visited

OPEN, CLOSED, INDEPENDENT = "open loop", "closed loop", "independent"
AGREES: Final = 0.05
"""Of the independent client's p99: the open loop's differs from it by this share at most, the closed loop's by more."""
SIZE: Final = 1_000
PER_S: Final = 200
WORKERS: Final = 8
"""Fewer than one request in a hundred: that many wait for a site that stands still, in a closed loop."""
_READY: Final = "/api/live"
_METRIC: Final = "p99_ms"


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure: each round sends all three loads once."""

    rounds: int


FULL = Scope(rounds=5)
QUICK = Scope(rounds=1)


async def run(*, quick: bool) -> list[Row]:
    """Measure, the loads in turns; takes about two minutes, or half of one when quick."""
    build_site()
    pin(CLIENT_CORE)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="openloop-") as scratch:
        system, port = Site(), free_port()
        folder = Path(scratch)
        server = await Server.start(system.command(port), system.env(port, folder), folder, port, _READY)
        try:
            for round_ in range((QUICK if quick else FULL).rounds):
                print(f"openloop round {round_ + 1}", flush=True)
                for name, send in _LOADS.items():
                    seconds = await _in_a_run(port, send)
                    value = percentile(seconds, 99) * 1000
                    rows.append(Row("openloop", name, SIZE, round_ + 1, _METRIC, value, "ms"))
        finally:
            await server.stop()
    return rows


Send = Callable[[Visited, RunTicket], Awaitable[list[float]]]


async def _in_a_run(port: int, send: Send) -> list[float]:
    site = Visited.at(f"http://localhost:{port}")
    run = await site.start(Plan.parse(SIZE, WORKERS, "noop"))
    try:
        return await send(site, run)
    finally:
        await site.abandon(run)


async def _by_the_terminal(site: Visited, run: RunTicket, per_s: int) -> list[float]:
    """The latencies of its receipt: from the time each was due, or, in a closed loop, from when it was sent."""
    load = Load(site, run, Plan.parse(SIZE, WORKERS, "noop"), lambda _: None, Shape(per_s=per_s, stalls=True))
    await load.send(asyncio.Event())
    if failed := [answer for answer in load.answers if answer.status != 200]:
        raise RuntimeError(f"{len(failed)} requests failed")
    return [(answer.late_us + answer.duration_us) / 1_000_000 for answer in load.answers]


async def _open(site: Visited, run: RunTicket) -> list[float]:
    return await _by_the_terminal(site, run, PER_S)


async def _closed(site: Visited, run: RunTicket) -> list[float]:
    return await _by_the_terminal(site, run, 0)


async def _independently(site: Visited, run: RunTicket) -> list[float]:
    """A connection of its own for each request, opened when the request is due."""
    port = int(site.url.rpartition(":")[2])
    cookie = "; ".join(f"{name}={value}" for name, value in site.cookies.items())
    asked = noops(run.headers | {"cookie": cookie, "connection": "close"}, SIZE)
    began = time.perf_counter() + 0.1

    async def one(n: int) -> float:
        due = began + n / PER_S
        await asyncio.sleep(due - time.perf_counter())
        if n == SIZE // 3:
            await site.stall(run)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(asked[n][0])
        answer = await reader.read(-1)
        seconds = time.perf_counter() - due
        writer.close()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"a request failed: {answer[:80]!r}")
        return seconds

    return list(await asyncio.gather(*(one(n) for n in range(SIZE))))


_LOADS: Final[dict[str, Send]] = {OPEN: _open, CLOSED: _closed, INDEPENDENT: _independently}


def report(rows: Iterable[Row]) -> list[str]:
    """The medians, and whether each loop agrees with the independent client."""
    rows = list(rows)
    found = {name: summary(rows, name, SIZE, _METRIC) for name in _LOADS}
    lines = ["", f"Open loop: p99 of {SIZE:,} requests, {PER_S} a second, the site stands still for 300 ms"]
    wanted = found[INDEPENDENT]
    for name, measured in found.items():
        if measured is None or wanted is None:
            lines.append(f"  {name:12} not measured")
            continue
        differs = abs(measured.median / wanted.median - 1)
        words = f"  {name:12} {measured.median:6.1f} ms ({measured.low:.1f} to {measured.high:.1f})"
        if name != INDEPENDENT:
            held = (differs <= AGREES) == (name == OPEN)
            words += f", {differs:.1%} from the independent client: {'as promised' if held else 'FAIL'}"
        lines.append(words)
    return lines
