"""The count of received messages: every tab must end with every message exactly once."""

import asyncio
import time


class Tally:
    """Deliveries of numbered messages to a fixed number of tabs.

    `repeats_allowed` is for systems that send the whole window with every change: a tab counts a
    message when it first sees it. Everywhere else a repeat is a fault.
    """

    def __init__(self, tabs: int, *, repeats_allowed: bool = False) -> None:
        self.tabs = tabs
        self.repeats_allowed = repeats_allowed
        self.deliveries = 0
        self.repeats = 0
        self.last_at = 0.0
        self._seen: list[set[int]] = [set() for _ in range(tabs)]
        self._missing: dict[int, int] = {}
        self._complete: dict[int, asyncio.Future[float]] = {}

    def expect(self, number: int) -> asyncio.Future[float]:
        """A future of the time (`perf_counter`) at which the last tab has message `number`."""
        self._missing[number] = self.tabs
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._complete[number] = future
        return future

    def arrived(self, tab: int, number: int) -> bool:
        """Note one arrival; messages nobody expects are left out. True when it is new to this tab."""
        missing = self._missing.get(number)
        if missing is None:
            return False
        seen = self._seen[tab]
        if number in seen:
            self.repeats += not self.repeats_allowed
            return False
        seen.add(number)
        self.deliveries += 1
        self._missing[number] = missing - 1
        if missing == 1:
            self._finish(number)
        return True

    def faults(self) -> str | None:
        """The failure in words, or None when each tab has each expected message once."""
        lost = sum(self._missing.values())
        words = [f"{lost} deliveries never arrived"] if lost else []
        words += [f"{self.repeats} deliveries were repeated"] if self.repeats else []
        return ", ".join(words) or None

    def _finish(self, number: int) -> None:
        self.last_at = time.perf_counter()
        future = self._complete.pop(number)
        if not future.done():
            future.set_result(self.last_at)
