"""Honest tabs beside abusers: they post in turn and read everything, and know what they should have by the end."""

import asyncio
import itertools
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.abuses.target import LimitedSite
from benchmarks.fanout.systems import numbers
from benchmarks.fanout.tab import Tab
from benchmarks.fanout.tally import Tally

PAUSE_S: Final = 0.2
SEEN_WITHIN_S: Final = 60.0


class Honest:
    """Tabs that post in turn and read everything."""

    def __init__(self, tabs: list[Tab]) -> None:
        self._tabs = tabs
        self._tally = Tally(len(tabs))
        self._numbers = itertools.count(1)
        self._posted: list[int] = []
        self._arriving: list[asyncio.Future[float]] = []
        for tab in tabs:
            tab.tally = self._tally

    @classmethod
    async def joined(cls, port: int, count: int) -> "Honest":
        """Let them in, each from its address."""
        tabs = [Tab(LimitedSite(hops=0), index) for index in range(count)]
        for tab in tabs:
            await tab.join(port, None, f"127.0.2.{1 + tab.index}")
        return cls(tabs)

    async def post(self, seconds: float) -> list[float]:
        """Post for so long; seconds until each author saw the own message."""
        took, end = list[float](), time.perf_counter() + seconds
        while (started := time.perf_counter()) < end:
            number = next(self._numbers)
            self._posted.append(number)
            self._arriving.append(self._tally.expect(number))
            try:
                async with asyncio.timeout(SEEN_WITHIN_S):
                    await self._tabs[number % len(self._tabs)].post_and_see(number)
            except TimeoutError:
                pass  # it counts as long as that took, and is missed at the end unless it comes after all
            took.append(time.perf_counter() - started)
            await asyncio.sleep(PAUSE_S)
        return took

    async def faults(self, database: Path) -> list[str]:
        """Errors in tabs and in the database, once messages on their way had time to come."""
        if self._arriving:
            await asyncio.wait(self._arriving, timeout=SEEN_WITHIN_S)
        found = [fault] if (fault := self._tally.faults()) else []
        found += [f"tab {tab.index} was disconnected: {tab.lost}" for tab in self._tabs if tab.lost]
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as rows:
            bodies = rows.execute("SELECT body FROM messages WHERE body LIKE '%~______~'").fetchall()
        stored = Counter(number for (body,) in bodies for number in numbers(body.encode()))
        wrong = [number for number in self._posted if stored[number] != 1]
        return found + ([f"{len(wrong)} messages are not stored once, as {wrong[0]}"] if wrong else [])

    def close(self) -> None:
        """Leave."""
        for tab in self._tabs:
            tab.close()
