"""Joins: what it costs to let a tab in, its page's reads included, and how many a second get in."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.fanout.crowd import Crowd, run_cell
from benchmarks.fanout.systems import BlankRival, Site, SocketioRival, System
from benchmarks.rows import Row, Sheet, summary, worded
from benchmarks.server import Server
from benchmarks.turns import in_turns

FIRST_TABS: Final = 20
MOST_OF_BLANK: Final = 1.5
MOST_KB: Final = 60
UNITS: Final = {"joins_per_s": "1/s", "join_cpu_ms": "ms", "join_bytes": "B", "memory_kb_per_tab": "KB"}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure: each round lets so many tabs in, ten at once."""

    tabs: int
    rounds: int


FULL = Scope(1000, 3)
QUICK = Scope(200, 1)


async def run(*, quick: bool) -> list[Row]:
    """Measure, the systems in turns; takes about three minutes, or 20 seconds when quick."""
    scope = QUICK if quick else FULL
    systems: list[System] = [Site(), BlankRival(), SocketioRival()]
    named = {f"{system.name}, {scope.tabs} tabs": system for system in systems}
    return await in_turns("joins", scope.rounds, named, partial(_cell, n=scope.tabs))


async def _cell(system: System, round_: int, n: int) -> list[Row]:
    sheet = Sheet("joins", system.name, n, round_, UNITS)
    return await run_cell(system, sheet, partial(_measure, n=n))


async def _measure(server: Server, crowd: Crowd, n: int) -> dict[str, float]:
    await crowd.join(server.port, FIRST_TABS)
    await crowd.quiet()
    memory, received, cpu = await server.settled_rss(), crowd.bytes(), server.cpu_s()
    started = time.perf_counter()
    await crowd.join(server.port, n)
    took = time.perf_counter() - started
    await crowd.quiet()
    used = server.cpu_s() - cpu
    return {
        "joins_per_s": n / took,
        "join_cpu_ms": used / n * 1000,
        "join_bytes": (crowd.bytes() - received) / n,
        "memory_kb_per_tab": (await server.settled_rss() - memory) / 1024 / n,
    }


def report(rows: list[Row]) -> Iterable[str]:
    """All systems, then what the site promises."""
    measured = [row for row in rows if row.measure == "joins"]
    for n in dict.fromkeys(row.n for row in measured):
        yield f"\nJoins of {n} tabs (median of the rounds, lowest and highest)"
        for system in dict.fromkeys(row.system for row in measured):
            for metric, unit in UNITS.items():
                yield f"  {system:14} {metric:17} {worded(measured, system, n, metric, unit)}"
        site, blank = (summary(measured, name, n, "join_cpu_ms") for name in (Site.name, BlankRival.name))
        if site and blank and blank.median:
            yield _judged(
                f"at most {MOST_OF_BLANK}x the processor time of a blank page",
                site.median / blank.median,
                MOST_OF_BLANK,
            )
        if kept := summary(measured, Site.name, n, "memory_kb_per_tab"):
            yield _judged(f"at most {MOST_KB} KB a tab", kept.median, MOST_KB)


def _judged(promise: str, found: float, bound: float) -> str:
    return f"  {promise}: {found:.2f}, {'kept' if found <= bound else 'NOT kept'}"
