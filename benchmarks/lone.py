"""A lone message: what one message to a thousand tabs costs, and how many a second a few authors get through."""

import asyncio
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.fanout.crowd import Crowd, PhaseError, run_cell
from benchmarks.fanout.systems import NodeRival, Site, SocketioRival, System
from benchmarks.fanout.tab import Tab
from benchmarks.fanout.tally import Tally
from benchmarks.rows import Row, Sheet, percentile, summary, worded
from benchmarks.server import Server
from benchmarks.turns import in_turns
from benchmarks.usage import Usage

AUTHORS: Final = 16
NONE_WITHIN_S: Final = 60.0
UNITS: Final = {
    "last_tab_p50_ms": "ms",
    "last_tab_p99_ms": "ms",
    "server_cpu_ms": "ms",
    "messages_per_s": "1/s",
    "client_busy": "cores",
    "others_busy": "cores",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure: `messages` one by one, at most one each `gap_s`, then `AUTHORS` for `seconds`."""

    tabs: int
    rounds: int
    messages: int
    seconds: float
    gap_s: float = 0.06


FULL = Scope(tabs=1000, rounds=3, messages=300, seconds=5.0)
QUICK = Scope(tabs=200, rounds=1, messages=100, seconds=2.0)


@dataclass(frozen=True, slots=True)
class Promise:
    """A bound on a median of the site; `of` is the metric and system that `metric` is divided by."""

    text: str
    metric: str
    bound: float
    of: tuple[str, str] | None = None
    at_least: bool = False

    def judge(self, rows: list[Row], n: int) -> str:
        """The promise with what was measured and whether that is in the bound."""
        value = _median(rows, Site.name, n, self.metric)
        below = 1.0 if self.of is None else _median(rows, self.of[0], n, self.of[1])
        if value is None or not below:
            return f"  {self.text}: not measured"
        found = value / below
        kept = found >= self.bound if self.at_least else found <= self.bound
        return f"  {self.text}: {found:.2f}, {'kept' if kept else 'NOT kept'}"


PROMISED: Final = (
    Promise("at most 25 ms of processor time", "server_cpu_ms", 25),
    Promise("p99 at most 4x p50", "last_tab_p99_ms", 4, (Site.name, "last_tab_p50_ms")),
    Promise("p50 at most 1.5x node-ws", "last_tab_p50_ms", 1.5, (NodeRival.name, "last_tab_p50_ms")),
    Promise(f"at least 300 messages/s of {AUTHORS} authors", "messages_per_s", 300, at_least=True),
)


async def run(*, quick: bool) -> list[Row]:
    """Measure, the systems in turns; takes about eight minutes, or one when quick."""
    scope = QUICK if quick else FULL
    systems: list[System] = [Site(), SocketioRival(), NodeRival()]
    named = {f"{system.name}, {scope.tabs} tabs": system for system in systems}
    return await in_turns("lone", scope.rounds, named, partial(_cell, scope=scope))


async def _cell(system: System, round_: int, scope: Scope) -> list[Row]:
    sheet = Sheet("lone", system.name, scope.tabs, round_, UNITS)
    return await run_cell(system, sheet, partial(_measure, scope=scope))


async def _measure(server: Server, crowd: Crowd, scope: Scope) -> dict[str, float]:
    await crowd.join(server.port, scope.tabs)
    await crowd.quiet()
    numbers = itertools.count(1)
    await _one_by_one(crowd, numbers, 20, 0.0)
    values = await _lone(server, crowd, numbers, scope)
    return values | {"messages_per_s": await _restless(crowd, numbers, scope.seconds)}


async def _lone(server: Server, crowd: Crowd, numbers: Iterator[int], scope: Scope) -> dict[str, float]:
    usage, cpu = Usage(server), server.cpu_s()
    took = await _one_by_one(crowd, numbers, scope.messages, scope.gap_s)
    used, spent = usage.so_far(), server.cpu_s() - cpu
    return {
        "last_tab_p50_ms": percentile(took, 50) * 1000,
        "last_tab_p99_ms": percentile(took, 99) * 1000,
        "server_cpu_ms": spent / scope.messages * 1000,
        "client_busy": used.client,
        "others_busy": used.others,
    }


async def _one_by_one(crowd: Crowd, numbers: Iterator[int], messages: int, gap_s: float) -> list[float]:
    """Seconds until the last tab had each; the next one leaves when all have the one before."""
    tally, took = crowd.new_tally(), list[float]()
    for number in itertools.islice(numbers, messages):
        complete, started = tally.expect(number), time.perf_counter()
        crowd.tabs[number % AUTHORS].post(number)
        try:
            took.append(await asyncio.wait_for(complete, NONE_WITHIN_S) - started)
        except TimeoutError:
            raise PhaseError(f"a message did not reach all tabs within {NONE_WITHIN_S:.0f} s") from None
        await asyncio.sleep(max(0.0, started + gap_s - time.perf_counter()))
    _check(tally)
    return took


async def _restless(crowd: Crowd, numbers: Iterator[int], seconds: float) -> float:
    """Messages a second that all tabs have, of authors who post again as soon as they see their last one."""
    tally, waiting = crowd.new_tally(), list[asyncio.Future[float]]()
    started = time.perf_counter()

    async def post(tab: Tab) -> None:
        while time.perf_counter() - started < seconds:
            number = next(numbers)
            waiting.append(tally.expect(number))
            await tab.post_and_see(number)

    try:
        async with asyncio.timeout(seconds + NONE_WITHIN_S):
            await asyncio.gather(*(post(tab) for tab in crowd.tabs[:AUTHORS]))
            await asyncio.gather(*waiting)
    except TimeoutError:
        raise PhaseError(f"messages did not reach all tabs within {NONE_WITHIN_S:.0f} s") from None
    await crowd.quiet()
    _check(tally)
    return len(waiting) / (tally.last_at - started)


def _check(tally: Tally) -> None:
    if faults := tally.faults():
        raise PhaseError(faults)


def _median(rows: list[Row], system: str, n: int, metric: str) -> float | None:
    found = summary(rows, system, n, metric)
    return None if found is None else found.median


def report(rows: list[Row]) -> Iterable[str]:
    """All systems, then what the site promises."""
    measured = [row for row in rows if row.measure == "lone"]
    for n in dict.fromkeys(row.n for row in measured):
        yield f"\nA lone message to {n} tabs (median of the rounds, lowest and highest)"
        for system in dict.fromkeys(row.system for row in measured):
            for metric, unit in UNITS.items():
                yield f"  {system:14} {metric:16} {worded(measured, system, n, metric, unit)}"
        yield from (promise.judge(measured, n) for promise in PROMISED)
