"""Moving windows in the memory of this process."""

import time
from typing import Final

from limits.aio.storage import MemoryStorage
from limits.aio.storage.memory import Entry

_SWEEP_EVERY_S: Final = 60.0


class WindowStorage(MemoryStorage):
    """The library's own storage, but swept once a minute.

    The library's sweeps with every hit, on a thread for every key it holds, which costs more than the
    request that is being limited.
    """

    STORAGE_SCHEME = ["async+window"]  # noqa: RUF012 - as the base class has it

    def __init__(self) -> None:
        super().__init__()
        self._sweep_at = time.time() + _SWEEP_EVERY_S

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` if there is room for it in the window; newest entries come first."""
        now = time.time()
        if now >= self._sweep_at:
            self._sweep(now)
        window = [entry for entry in self.events.get(key, ()) if entry.expiry > now]
        admitted = len(window) + amount <= limit
        self.events[key] = [Entry(expiry) for _ in range(amount)] + window if admitted else window
        return admitted

    def _sweep(self, now: float) -> None:
        live = {key: window for key, window in self.events.items() if window and window[0].expiry > now}
        self.events = live
        self._sweep_at = now + _SWEEP_EVERY_S
