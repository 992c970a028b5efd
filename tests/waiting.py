"""Waiting for a condition. The deadline is long: only what is broken reaches it, however busy the machine is."""

import asyncio
import time
from collections.abc import Callable

PATIENCE_S = 60
_EVERY_S = 0.02


async def until(happened: Callable[[], object], within: float = PATIENCE_S) -> None:
    """Wait until `happened()` is true; TimeoutError otherwise."""
    async with asyncio.timeout(within):
        while not happened():
            await asyncio.sleep(_EVERY_S)


def wait_until(happened: Callable[[], object], within: float = PATIENCE_S) -> None:
    """The same on a thread of its own."""
    deadline = time.monotonic() + within
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(_EVERY_S)
