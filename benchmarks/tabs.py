"""Tabs: what it costs to keep many of them open while nothing happens."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.fanout.crowd import Crowd, PhaseError, run_cell
from benchmarks.fanout.systems import Site, SocketioRival, System
from benchmarks.rows import Row, Sheet, percentile, worded
from benchmarks.server import Server
from benchmarks.turns import in_turns

FIRST_TABS: Final = 10
UNITS: Final = {
    "join_p50_ms": "ms",
    "join_p99_ms": "ms",
    "memory_kb_per_tab": "KB",
    "idle_cpu_ms_per_s": "ms",
    "idle_bytes_per_tab_s": "B",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure: each round at each size, idle for so long."""

    sizes: tuple[int, ...]
    rounds: int
    idle_s: float


FULL = Scope((100, 1000), 3, 10.0)
QUICK = Scope((100,), 1, 3.0)


async def run(*, quick: bool) -> list[Row]:
    """Measure; takes about four minutes, or 20 seconds when quick."""
    scope = QUICK if quick else FULL
    systems: list[System] = [Site(), SocketioRival()]
    cells = {f"{system.name}, {n} tabs": (system, n) for n in scope.sizes for system in systems}
    return await in_turns("tabs", scope.rounds, cells, partial(_cell, idle_s=scope.idle_s))


async def _cell(cell: tuple[System, int], round_: int, idle_s: float) -> list[Row]:
    system, n = cell
    sheet = Sheet("tabs", system.name, n, round_, UNITS)
    return await run_cell(system, sheet, partial(_measure, n=n, idle_s=idle_s))


async def _measure(server: Server, crowd: Crowd, n: int, idle_s: float) -> dict[str, float]:
    await crowd.join(server.port, FIRST_TABS)
    await crowd.quiet()
    before = await server.settled_rss()
    took = await crowd.join(server.port, n - FIRST_TABS)
    await crowd.quiet()
    grown = await server.settled_rss() - before
    cpu, received = server.cpu_s(), crowd.bytes()
    await asyncio.sleep(idle_s)
    if lost := crowd.lost():
        raise PhaseError(f"{len(lost)} of {n} tabs were disconnected: {lost[0]}")
    return {
        "join_p50_ms": percentile(took, 50) * 1000,
        "join_p99_ms": percentile(took, 99) * 1000,
        "memory_kb_per_tab": grown / 1024 / (n - FIRST_TABS),
        "idle_cpu_ms_per_s": (server.cpu_s() - cpu) / idle_s * 1000,
        "idle_bytes_per_tab_s": (crowd.bytes() - received) / idle_s / n,
    }


def report(rows: list[Row]) -> Iterable[str]:
    """Both systems, size by size."""
    measured = [row for row in rows if row.measure == "tabs"]
    yield "\nTabs that are open and idle (median of the rounds, lowest and highest)"
    for n, system in dict.fromkeys((row.n, row.system) for row in measured):
        for metric, unit in UNITS.items():
            yield f"  {n:5} {system:14} {metric:21} {worded(measured, system, n, metric, unit)}"
