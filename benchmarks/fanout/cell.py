"""One cell of the table: one system, one number of tabs, one round, one fresh server."""

import asyncio
import itertools
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fanout.crowd import QUIET_WITHIN_S, Crowd, PhaseError
from benchmarks.fanout.systems import System
from benchmarks.fanout.tab import Tab
from benchmarks.fanout.tally import Tally
from benchmarks.rows import Row, Sheet, percentile
from benchmarks.server import Server, free_port
from benchmarks.usage import Usage

FIRST_TABS = 10
WINDOW = 50
POSTERS = 20
IN_FLIGHT = 2
NONE_WITHIN_S = 60.0
UNITS = {
    "memory_kb_per_tab": "KB",
    "last_tab_p50_ms": "ms",
    "last_tab_p99_ms": "ms",
    "bytes_per_delivery": "B",
    "message_bytes_per_delivery": "B",
    "client_busy_sequential": "cores",
    "others_busy_sequential": "cores",
    "deliveries_per_s": "1/s",
    "last_tab_p50_ms_burst": "ms",
    "last_tab_p99_ms_burst": "ms",
    "bytes_per_delivery_burst": "B",
    "server_cpu_s_per_10k": "s",
    "client_busy_burst": "cores",
    "others_busy_burst": "cores",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a cell measures. A post every `gap_s` at most, `samples` of them, then a burst."""

    samples: int
    gap_s: float
    burst_s: float


class Cell:
    """Runs the phases in order and collects rows; a phase that fails leaves error rows."""

    def __init__(self, system: System, n: int, round_: int, plan: Plan) -> None:
        self.rows: list[Row] = []
        self._system, self._n, self._round, self._plan = system, n, round_, plan
        self._numbers = itertools.count(1)
        self._crowd = Crowd(system)
        self._came_to_rest = True

    async def run(self, scratch: Path) -> list[Row]:
        """Measure on a fresh server that keeps its files in `scratch`."""
        port = free_port()
        command, env = self._system.command(port), self._system.env(port, scratch)
        server = await Server.start(command, env, scratch, port, self._system.ready_path)
        try:
            await self._join_and_weigh(server)
            await self._sequential(server)
            await self._burst(server)
        except PhaseError as failure:
            measured = {row.metric for row in self.rows}
            missing = error_rows(self._system.name, self._n, self._round, str(failure))
            self.rows += [row for row in missing if row.metric not in measured]
        finally:
            self._crowd.close()
            await server.stop()
        return self.rows

    async def _join_and_weigh(self, server: Server) -> None:
        """Memory per tab is the slope from a few tabs, warm and with a full window, to all of them."""
        await self._crowd.join(server.port, FIRST_TABS)
        await self._post_in_turn(WINDOW, gap_s=0.0)
        await self._crowd.quiet()
        before = await server.settled_rss()
        await self._crowd.join(server.port, self._n - FIRST_TABS)
        self._came_to_rest = await self._crowd.quiet()
        grown = await server.settled_rss() - before
        self._add("memory_kb_per_tab", grown / 1024 / (self._n - FIRST_TABS))

    async def _sequential(self, server: Server) -> None:
        usage, bytes_before = Usage(server), self._crowd.bytes()
        message_bytes_before = self._crowd.message_bytes()
        times, tally = await self._post_in_turn(self._plan.samples, self._plan.gap_s)
        used = usage.so_far()
        await self._crowd.quiet()
        _check(tally)
        self._add("last_tab_p50_ms", percentile(times, 50) * 1000)
        self._add("last_tab_p99_ms", percentile(times, 99) * 1000)
        self._add("bytes_per_delivery", (self._crowd.bytes() - bytes_before) / tally.deliveries)
        message_bytes = self._crowd.message_bytes() - message_bytes_before
        self._add("message_bytes_per_delivery", message_bytes / tally.deliveries)
        self._add("client_busy_sequential", used.client)
        self._add("others_busy_sequential", used.others)

    async def _burst(self, server: Server) -> None:
        tally = self._crowd.new_tally()
        waiting: list[asyncio.Future[float]] = []
        left_at: list[float] = []
        usage, bytes_before, cpu_before = Usage(server), self._crowd.bytes(), server.cpu_s()
        started = time.perf_counter()

        async def post_until(deadline: float, tab: Tab) -> None:
            while time.perf_counter() < deadline:
                number = next(self._numbers)
                waiting.append(tally.expect(number))
                left_at.append(time.perf_counter())
                await tab.post_and_see(number)

        try:
            async with asyncio.timeout(self._plan.burst_s + NONE_WITHIN_S), asyncio.TaskGroup() as group:
                for tab in self._crowd.tabs[:POSTERS] * IN_FLIGHT:
                    group.create_task(post_until(started + self._plan.burst_s, tab))
            arrived_at = await asyncio.wait_for(asyncio.gather(*waiting), NONE_WITHIN_S)
        except TimeoutError:
            raise PhaseError(f"burst: {tally.faults()} within {NONE_WITHIN_S:.0f} s") from None
        used, took = usage.so_far(), tally.last_at - started
        await self._crowd.quiet()
        _check(tally)
        times = [arrived - left for left, arrived in zip(left_at, arrived_at, strict=True)]
        self._add("deliveries_per_s", tally.deliveries / took)
        self._add("last_tab_p50_ms_burst", percentile(times, 50) * 1000)
        self._add("last_tab_p99_ms_burst", percentile(times, 99) * 1000)
        self._add("bytes_per_delivery_burst", (self._crowd.bytes() - bytes_before) / tally.deliveries)
        self._add("server_cpu_s_per_10k", (server.cpu_s() - cpu_before) / tally.deliveries * 10_000)
        self._add("client_busy_burst", used.client)
        self._add("others_busy_burst", used.others)

    async def _post_in_turn(self, samples: int, gap_s: float) -> tuple[list[float], Tally]:
        """One post after the other; seconds until the last tab had each."""
        tally = self._crowd.new_tally()
        times: list[float] = []
        for index in range(samples):
            number = next(self._numbers)
            complete = tally.expect(number)
            started = time.perf_counter()
            self._crowd.tabs[index % min(POSTERS, len(self._crowd.tabs))].post(number)
            try:
                times.append(await asyncio.wait_for(complete, NONE_WITHIN_S) - started)
            except TimeoutError:
                raise PhaseError(self._none_within(tally)) from None
            await asyncio.sleep(max(0.0, started + gap_s - time.perf_counter()))
        return times, tally

    def _none_within(self, tally: Tally) -> str:
        lost = self._crowd.lost()
        ends = f"; {len(lost)} tabs disconnected ({lost[0]})" if lost else ""
        ends += "" if self._came_to_rest else f"; {QUIET_WITHIN_S:.0f} s after the joins updates still flowed"
        got = tally.deliveries % tally.tabs
        return f"none within {NONE_WITHIN_S:.0f} s ({got} of {tally.tabs} tabs had the message{ends})"

    def _add(self, metric: str, value: float) -> None:
        unit = UNITS[metric]
        self.rows.append(Row("fanout", self._system.name, self._n, self._round, metric, value, unit))


def error_rows(system: str, n: int, round_: int, error: str) -> list[Row]:
    """One row for each metric that says why it has no value."""
    return Sheet("fanout", system, n, round_, UNITS).missing(error)


def _check(tally: Tally) -> None:
    faults = tally.faults()
    if faults:
        raise PhaseError(faults)
