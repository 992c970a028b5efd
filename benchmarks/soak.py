"""Fifty runs of the load burst, one after the other: what they leave in memory, in the database and in the log."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

from benchmarks.fanout.systems import Site as Served
from benchmarks.fanout.systems import build_site
from benchmarks.rows import Row
from benchmarks.server import CLIENT_CORE, Server, free_port, pin
from benchmarks.soak_log import unexpected
from portfolio_app.domain.burst.plan import Mode, Plan
from portfolio_app.launcher.burst.sender import hand_in, send
from portfolio_app.launcher.burst.site import Site

SITE: Final = "portfolio_app"
ALLOWED: Final = 1.05
WORKERS: Final = 24
_MB: Final = 2**20
_QUIET_S: Final = 5.0
_PURGED_WITHIN_S: Final = 130.0
"""Two of the product's own rounds of purging."""
_TABLES: Final = {
    "rows_of_writes": "SELECT count(*) FROM burst_rows",
    "runs_under_way": "SELECT count(*) FROM runs WHERE active_session IS NOT NULL",
    "records": "SELECT count(*) FROM runs WHERE finished_at IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much: `warm_up` runs, after which memory counts as used to its work, then `runs` of `size` requests."""

    warm_up: int
    runs: int
    size: int
    look_every: int


FULL = Scope(warm_up=3, runs=50, size=5_000, look_every=10)
QUICK = Scope(warm_up=3, runs=6, size=200, look_every=3)


class Soak:
    """One server, one visitor, and the rows of what was found so far."""

    def __init__(self, server: Server, scratch: Path, scope: Scope) -> None:
        self.rows: list[Row] = []
        self._server = server
        self._database = scratch / "portfolio.db"
        self._scope = scope
        self._site = Site.at(f"http://localhost:{server.port}")
        self._modes = cycle(Mode)

    async def run(self) -> None:
        """Warm up, look, run, look, wait for the purge, and look again."""
        for _ in range(self._scope.warm_up):
            await self._burst()
        await self._look(0)
        for number in range(1, self._scope.runs + 1):
            started = time.perf_counter()
            self._note(number, "balanced", float(await self._burst()), "0 or 1")
            self._note(number, "run_s", time.perf_counter() - started, "s")
            if number % self._scope.look_every == 0:
                print(f"soak: {number} runs", flush=True)
                await self._look(number)
        await self._purged()
        await self._look(self._scope.runs, "_after_purge")
        log = self._server.log().splitlines()
        self._note(self._scope.runs, "log_lines", len(log), "lines")
        odd = unexpected(log)
        worded = "; ".join(f"{count} x {words}" for words, count in odd.most_common(3))
        self._note(self._scope.runs, "unexpected_log_lines", odd.total(), "lines", worded or None)

    async def _burst(self) -> bool:
        """Whether everything was answered and every ledger agrees."""
        plan = Plan.parse(self._scope.size, WORKERS, next(self._modes))
        run = await self._site.start(plan)
        sent = await send(self._site, run, plan, asyncio.Event(), lambda _: None)
        receipt = await hand_in(self._site, run, sent)
        return bool(receipt["balanced"]) and receipt["ledgers"]["answered"] == self._scope.size

    async def _look(self, number: int, when: str = "") -> None:
        await asyncio.sleep(_QUIET_S)
        self._note(number, "rss_mb" + when, await self._server.settled_rss() / _MB, "MB")
        for name, count in self._counted().items():
            self._note(number, name + when, count, "rows")

    async def _purged(self) -> None:
        """Leave it to the server, which purges every minute."""
        overdue = time.monotonic() + _PURGED_WITHIN_S
        while self._counted()["rows_of_writes"] and time.monotonic() < overdue:  # noqa: ASYNC110 (it is another process's)
            await asyncio.sleep(1)

    def _counted(self) -> dict[str, int]:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            return {name: database.execute(query).fetchone()[0] for name, query in _TABLES.items()}

    def _note(self, number: int, metric: str, value: float, unit: str, error: str | None = None) -> None:
        self.rows.append(Row("soak", SITE, self._scope.size, number, metric, value, unit, error))


async def run(*, quick: bool) -> list[Row]:
    """Run them all; takes ten minutes or more, or about one and a half when quick: the purge comes once a minute."""
    build_site()
    pin(CLIENT_CORE)
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        port, site = free_port(), Served()
        env = site.env(port, Path(scratch))
        server = await Server.start(site.command(port), env, Path(scratch), port, site.ready_path)
        try:
            soak = Soak(server, Path(scratch), QUICK if quick else FULL)
            await soak.run()
        finally:
            await server.stop()
    return soak.rows


def report(rows: list[Row]) -> Iterable[str]:
    """Memory run by run, and the four promises."""
    found = [row for row in rows if row.measure == "soak"]
    if not found:
        return
    runs = max(row.round for row in found)
    yield f"\nSoak: {runs} runs of {found[0].n} requests, {WORKERS} workers, no-ops, reads and writes in turns"
    for row in found:
        if row.metric.startswith("rss_mb"):
            words = "after the purge" if row.metric.endswith("purge") else f"after {row.round} runs"
            yield f"  {words:16} {row.value:8.1f} MB"
    yield from (f"  {'pass' if kept else 'FAIL'}  {words}" for kept, words in _promises(found, runs))


def _promises(found: list[Row], runs: int) -> Iterable[tuple[bool, str]]:
    values = {(row.metric, row.round): row.value or 0.0 for row in found}
    balanced = sum(row.value == 1 for row in found if row.metric == "balanced")
    yield balanced == runs, f"every receipt balances: {balanced} of {runs}"
    before, after = values["rss_mb", 0], values["rss_mb_after_purge", runs]
    yield (
        after <= before * ALLOWED,
        f"memory is at most x{ALLOWED:.2f} of what it was before: x{after / before:.3f}",
    )
    left, under_way = values["rows_of_writes_after_purge", runs], values["runs_under_way_after_purge", runs]
    was = values["rows_of_writes", runs]
    words = f"{was:.0f} rows of writes before the purge, {left:.0f} after it, {under_way:.0f} runs under way"
    yield left == 0 and under_way == 0, f"the database is purged: {words}"
    odd = next(row for row in found if row.metric == "unexpected_log_lines")
    lines = values["log_lines", runs]
    yield odd.value == 0, f"nothing in {lines:.0f} lines of log but what belongs there{_words_of(odd)}"


def _words_of(odd: Row) -> str:
    return f", except {odd.error}" if odd.error else ""
