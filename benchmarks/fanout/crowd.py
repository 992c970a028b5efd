"""Many tabs of one system: they join, come to rest, and are counted together."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.fanout.systems import System
from benchmarks.fanout.tab import Tab
from benchmarks.fanout.tally import Tally
from benchmarks.rows import Row, Sheet
from benchmarks.server import Server, free_port

JOINING_AT_ONCE = 10
JOIN_WITHIN_S = 240.0
QUIET_WITHIN_S = 30.0
IDLE_BYTES = 150


class PhaseError(Exception):
    """A phase gave no number; the message says why, in the words of the report."""


class Crowd:
    """Grows by `join`; `close` ends all of its tabs."""

    def __init__(self, system: System) -> None:
        self.tabs: list[Tab] = []
        self._system = system

    async def join(self, port: int, count: int) -> list[float]:
        """Let `count` more tabs into the room, a few at once; seconds that each took. Raises `PhaseError`."""
        tabs = [Tab(self._system, len(self.tabs) + offset) for offset in range(count)]
        self.tabs += tabs
        gate = asyncio.Semaphore(JOINING_AT_ONCE)
        took: list[float] = []

        async def join(tab: Tab) -> None:
            async with gate:
                started = time.perf_counter()
                await tab.join(port, None)
                took.append(time.perf_counter() - started)

        try:
            await asyncio.wait_for(asyncio.gather(*map(join, tabs)), JOIN_WITHIN_S)
        except ConnectionError as refused:
            raise PhaseError(f"a tab could not join: {refused}") from None
        except TimeoutError:
            raise PhaseError(f"{len(took)} of {count} tabs joined within {JOIN_WITHIN_S:.0f} s") from None
        return took

    async def quiet(self) -> bool:
        """Wait until the tabs received almost nothing for half a second; False when that never came."""
        idle = len(self.tabs) * IDLE_BYTES
        deadline, before = time.perf_counter() + QUIET_WITHIN_S, -idle
        while self.bytes() - before >= idle:
            if time.perf_counter() > deadline:
                return False
            before = self.bytes()
            await asyncio.sleep(0.5)
        return True

    def new_tally(self) -> Tally:
        """Count from now on; the tabs report to this tally."""
        tally = Tally(len(self.tabs), repeats_allowed=self._system.resends_window)
        for tab in self.tabs:
            tab.tally = tally
        return tally

    def bytes(self) -> int:
        """Received by all tabs so far."""
        return sum(tab.bytes_received for tab in self.tabs)

    def message_bytes(self) -> int:
        """Of these, in frames that brought a message."""
        return sum(tab.message_bytes for tab in self.tabs)

    def lost(self) -> list[str]:
        """Why tabs were disconnected, one word for each that was."""
        return [tab.lost for tab in self.tabs if tab.lost]

    def close(self) -> None:
        """Leave."""
        for tab in self.tabs:
            tab.close()


async def run_cell(
    system: System, sheet: Sheet, measure: Callable[[Server, Crowd], Awaitable[dict[str, float]]]
) -> list[Row]:
    """Start a system afresh and measure it: the rows of what was found, or of why nothing was."""
    port, crowd = free_port(), Crowd(system)
    with tempfile.TemporaryDirectory(prefix=f"{sheet.measure}-") as scratch:
        env = system.env(port, Path(scratch))
        server = await Server.start(system.command(port), env, Path(scratch), port, system.ready_path)
        try:
            values = await measure(server, crowd)
        except PhaseError as failure:
            return sheet.missing(str(failure))
        finally:
            crowd.close()
            await server.stop()
    return sheet.rows(values)
