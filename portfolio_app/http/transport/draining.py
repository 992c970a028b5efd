"""What a process does between the signal to stop and the end of its listening."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

NOTICE_S: Final = 1.0
"""Long enough for a proxy that asks for readiness every second, short enough for whoever waits."""


@contextmanager
def noticed(leave: Callable[[], None]) -> Iterator[None]:
    """On SIGTERM call `leave` at once, and let the server act on the signal `NOTICE_S` later.

    A second SIGTERM gets through at once. Ctrl-C is left alone: the person at the terminal is no proxy.
    """
    usual = signal.getsignal(signal.SIGTERM)
    if not callable(usual) or threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def on_signal(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, usual)
        leave()
        loop.call_soon_threadsafe(loop.call_later, NOTICE_S, usual, number, frame)

    signal.signal(signal.SIGTERM, on_signal)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is on_signal:
            signal.signal(signal.SIGTERM, usual)
