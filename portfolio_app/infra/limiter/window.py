"""Moving windows in the memory of this process."""

import time
from typing import Final

from limits.aio.storage import MemoryStorage
from limits.aio.storage.memory import Entry

_SWEEP_EVERY_S: Final = 60.0


class _Steady(Entry):
    """An attempt, dated by the monotonic clock.

    The library dates it by the system's clock: when that is set back by an hour, attempts count an hour too long.
    """

    def __init__(self, expiry: int, now: float) -> None:
        self.atime = now
        self.expiry = now + expiry


class WindowStorage(MemoryStorage):
    """The library's own storage, but swept once a minute.

    The library's sweeps with every hit, on a thread for every key it holds, which costs more than the
    request that is being limited.
    """

    STORAGE_SCHEME = ["async+window"]  # noqa: RUF012 - as the base class has it

    def __init__(self) -> None:
        super().__init__()
        self._sweep_at = time.monotonic() + _SWEEP_EVERY_S

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` if there is room for it in the window; newest entries come first."""
        now = time.monotonic()
        if now >= self._sweep_at:
            self._sweep(now)
        window = [entry for entry in self.events.get(key, ()) if entry.expiry > now]
        admitted = len(window) + amount <= limit
        self.events[key] = [_Steady(expiry, now) for _ in range(amount)] + window if admitted else window
        return admitted

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 (the library's own)
        """The time of the oldest attempt, by the wall clock as it is now, as the library reckons, and how many."""
        now = time.monotonic()
        window = [entry for entry in self.events.get(key, ()) if entry.expiry > now]
        return time.time() - (now - window[-1].atime if window else 0.0), len(window)

    def _sweep(self, now: float) -> None:
        live = {key: window for key, window in self.events.items() if window and window[0].expiry > now}
        self.events = live
        self._sweep_at = now + _SWEEP_EVERY_S
