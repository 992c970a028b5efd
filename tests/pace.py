"""How fast this machine computes just now, for bounds that are given in processor time."""

import statistics
import time
from typing import Final

_STEPS: Final = 200_000
_USUAL_S: Final = 0.016
"""Of processor time for so many steps, on the slowest machine on which the bounds were measured."""


def slowness() -> float:
    """How many times more processor time the same work takes now than it did there; never less than 1.

    A machine whose neighbours are busy may take five times as much from one minute to the next.
    """
    return max(1.0, statistics.median(_took() for _ in range(5)) / _USUAL_S)


def _took() -> float:
    began, total = time.process_time(), 0
    for step in range(_STEPS):
        total += step
    return time.process_time() - began
