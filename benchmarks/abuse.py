"""Abuse: how long an honest visitor's post takes while others cost the site as much as they may.

The others are a process of their own (`python -m benchmarks.abuse CASE PORT`), behind the one that measures.
"""

import asyncio
import itertools
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import uvloop
from websockets.asyncio.client import ClientConnection

from benchmarks.abuses import CASES
from benchmarks.abuses.events import SOCKETS
from benchmarks.abuses.target import LimitedSite, Target
from benchmarks.fanout.systems import Site
from benchmarks.rows import Row, Sheet, percentile, worded
from benchmarks.server import CLIENT_CORE, Server, client, free_port, pin
from benchmarks.turns import in_turns

VISITORS: Final = 10
"""Honest ones, each from a network of its own, that post in turn: nobody meets a rate limit."""
PAUSE_S: Final = 0.2
UNITS: Final = {"post_p50_ms": "ms", "post_p95_ms": "ms", "post_p95_ratio": "x idle"}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure."""

    rounds: int
    seconds: float


FULL = Scope(rounds=3, seconds=20.0)
QUICK = Scope(rounds=1, seconds=4.0)


async def run(*, quick: bool) -> list[Row]:
    """Measure every case beside an idle site; takes about an hour, or four minutes when quick."""
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
