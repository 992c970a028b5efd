"""How fast this machine computes, for bounds that are given in processor time.

A machine whose neighbours are busy may take five times as much from one second to the next.
"""

import statistics
import threading
import time
from typing import Final

_STEPS: Final = 50_000
_USUAL_S: Final = 0.004
"""Of processor time for so many steps, on the slowest machine on which the bounds were measured."""
_EVERY_S: Final = 0.2


def slowness() -> float:
    """How many times more processor time the same work takes now than it did there; never less than 1."""
    return max(1.0, statistics.median(_took() for _ in range(15)) / _USUAL_S)


class Pace:
    """The slowest moment from when this is made until `worst` is asked for, looked at five times a second."""

    def __init__(self) -> None:
        self._worst = slowness()
        self._ended = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()

    def worst(self) -> float:
        """The `slowness` of that moment."""
        self._ended.set()
        self._watching.join()
        return max(self._worst, slowness())

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY_S):
            self._worst = max(self._worst, statistics.median(_took() for _ in range(3)) / _USUAL_S)


def _took() -> float:
    began, total = time.thread_time(), 0
    for step in range(_STEPS):
        total += step
    return time.thread_time() - began
