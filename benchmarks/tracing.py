"""The cost of tracing: the same site with and without it, asked in turns so that both meet the same machine."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from benchmarks.fanout.systems import Site
from benchmarks.fanout.tab import Tab
from benchmarks.fanout.tally import Tally
from benchmarks.rows import Row, percentile, summary
from benchmarks.server import Server, free_port
from benchmarks.turns import in_turns

TRACED, UNTRACED = "traced", "untraced"
ALLOWED: Final = {"post_p50_ms": 1.10, "probe_p50_ms": 1.15}
WARM_UP: Final = 100
SEEN_WITHIN_S: Final = 10.0
_PROBE: Final = b"GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
_ANSWER: Final = b'{"status":"live"}'


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure: blocks of posts and of probes, each first of one site and then of the other."""

    rounds: int
    blocks: int
    posts: int
    probes: int


FULL = Scope(rounds=3, blocks=10, posts=60, probes=200)
QUICK = Scope(rounds=1, blocks=5, posts=40, probes=100)


class Subject:
    """One of the two sites, with the tab that posts to it."""

    server: Server
    tab: Tab

    def __init__(self, system: str) -> None:
        self.system = system
        self.posts: list[float] = []
        self.probes: list[float] = []
        self.post_cpu_s = 0.0
        self.probe_cpu_s = 0.0
        self._numbers = itertools.count(1)

    @classmethod
    async def start(cls, system: str, stack: AsyncExitStack) -> Self:
        """A fresh server, a tab in its room; both end with `stack`."""
        subject, site, port = cls(system), Site(), free_port()
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tracing-")))
        env = site.env(port, scratch) | {"OTEL_SDK_DISABLED": "false" if system == TRACED else "true"}
        subject.server = await Server.start(site.command(port), env, scratch, port, site.ready_path)
        stack.push_async_callback(subject.server.stop)
        subject.tab = Tab(site, 0)
        stack.callback(subject.tab.close)
        await subject.tab.join(port, None)
        subject.tab.tally = Tally(1, repeats_allowed=False)
        return subject

    async def post(self, count: int) -> None:
        """Post one message after the other; each counts from its leaving until the tab shows it."""
        cpu = self.server.cpu_s()
        for _ in range(count):
            number, started = next(self._numbers), time.perf_counter()
            assert self.tab.tally is not None
            self.tab.tally.expect(number)
            await asyncio.wait_for(self.tab.post_and_see(number), SEEN_WITHIN_S)
            self.posts.append(time.perf_counter() - started)
        self.post_cpu_s += self.server.cpu_s() - cpu

    async def probe(self, count: int) -> None:
        """Ask whether it lives, again and again over one connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        cpu = self.server.cpu_s()
        for _ in range(count):
            started = time.perf_counter()
            writer.write(_PROBE)
            await reader.readuntil(_ANSWER)
            self.probes.append(time.perf_counter() - started)
        self.probe_cpu_s += self.server.cpu_s() - cpu
        writer.close()

    def forget(self) -> None:
        """Start counting over."""
        self.posts, self.probes, self.post_cpu_s, self.probe_cpu_s = [], [], 0.0, 0.0

    def rows(self, round_: int) -> list[Row]:
        """The measured values since then."""
        values = {
            "post_p50_ms": percentile(self.posts, 50) * 1000,
            "post_p99_ms": percentile(self.posts, 99) * 1000,
            "post_cpu_ms": self.post_cpu_s / len(self.posts) * 1000,
            "probe_p50_ms": percentile(self.probes, 50) * 1000,
            "probe_p99_ms": percentile(self.probes, 99) * 1000,
            "probe_cpu_ms": self.probe_cpu_s / len(self.probes) * 1000,
        }
        return [
            Row("tracing", self.system, 1, round_, metric, value, "ms") for metric, value in values.items()
        ]


async def run(*, quick: bool) -> list[Row]:
    """Measure; takes about a minute, or 15 seconds when quick."""
    scope = QUICK if quick else FULL
    return await in_turns("tracing", scope.rounds, {f"{TRACED} and {UNTRACED}": scope}, _round)


async def _round(scope: Scope, round_: int) -> list[Row]:
    async with AsyncExitStack() as stack:
        subjects = [await Subject.start(system, stack) for system in (TRACED, UNTRACED)]
        for subject in subjects:
            await subject.post(WARM_UP)
            await subject.probe(WARM_UP)
            subject.forget()
        for block in range(scope.blocks):
            for subject in subjects if block % 2 else reversed(subjects):
                await subject.post(scope.posts)
                await subject.probe(scope.probes)
        return [row for subject in subjects for row in subject.rows(round_)]


def report(rows: list[Row]) -> Iterable[str]:
    """Both sites side by side, and whether the difference is allowed."""
    measured = [row for row in rows if row.measure == "tracing"]
    yield "\nTracing (median of the rounds, lowest and highest)"
    for metric in dict.fromkeys(row.metric for row in measured):
        with_it, without = (summary(measured, system, 1, metric) for system in (TRACED, UNTRACED))
        if with_it is None or without is None:
            yield f"  {metric:14} no value"
            continue
        ratio = with_it.median / without.median
        yield (
            f"  {metric:14} {with_it.median:7.3f} ({with_it.low:.3f}-{with_it.high:.3f}) with,"
            f" {without.median:7.3f} ({without.low:.3f}-{without.high:.3f}) without: x{ratio:.2f}"
            + _verdict(metric, ratio)
        )


def _verdict(metric: str, ratio: float) -> str:
    allowed = ALLOWED.get(metric)
    if allowed is None:
        return ""
    return f", {'within' if ratio <= allowed else 'OVER'} x{allowed:.2f}"
