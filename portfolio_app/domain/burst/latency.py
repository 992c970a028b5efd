"""How long requests took: percentiles, and how they spread."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BINS: Final = 24


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The value below which `percent` of `ordered` (ascending, not empty) lie, linear between neighbours."""
    place = (len(ordered) - 1) * percent / 100
    lower = math.floor(place)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (place - lower)


@dataclass(frozen=True, slots=True)
class Latency:
    """A distribution, in the unit of what it was made of."""

    min: float
    p50: float
    p90: float
    p95: float
    p99: float
    p999: float
    max: float
    mean: float


def latency(values: Sequence[float]) -> Latency | None:
    """The distribution of `values`, None without any."""
    if not values:
        return None
    ordered = sorted(values)
    p50, p90, p95, p99, p999 = (percentile(ordered, percent) for percent in (50, 90, 95, 99, 99.9))
    return Latency(ordered[0], p50, p90, p95, p99, p999, ordered[-1], math.fsum(ordered) / len(ordered))


@dataclass(frozen=True, slots=True)
class Parts:
    """Means of the parts of `count` durations, whose sum is the mean of the whole: in the server, waiting in the sender
    for a connection, and all else, which is the way there and back."""

    server: float
    queue: float
    network: float
    count: int


def parts(measured: Sequence[tuple[float, float, float]]) -> Parts | None:
    """The mean parts of durations, each given as the whole, its wait and its time in the server; None without any."""
    if not measured:
        return None
    count = len(measured)
    whole = math.fsum(duration for duration, _, _ in measured)
    queue = math.fsum(min(queued, duration) for duration, queued, _ in measured)
    server = math.fsum(min(server, duration - min(queued, duration)) for duration, queued, server in measured)
    return Parts(server / count, queue / count, (whole - queue - server) / count, count)


@dataclass(frozen=True, slots=True)
class Bin:
    """How many values lie from `start` up to `end`; the last bin holds its end as well."""

    start: float
    end: float
    count: int


def histogram(values: Sequence[float]) -> tuple[Bin, ...]:
    """Up to `BINS` bins that grow by a constant factor, for latencies have long tails; none without values."""
    if not values:
        return ()
    low, high = min(values), max(values)
    if low <= 0 or math.isclose(low, high):
        return _even(values, low, high)
    factor = (high / low) ** (1 / BINS)
    return _counted(values, [low * factor**step for step in range(BINS)], high)


def _even(values: Sequence[float], low: float, high: float) -> tuple[Bin, ...]:
    if math.isclose(low, high):
        return (Bin(low, high, len(values)),)
    return _counted(values, [low + (high - low) * step / BINS for step in range(BINS)], high)


def _counted(values: Sequence[float], starts: Sequence[float], high: float) -> tuple[Bin, ...]:
    counts = Counter(max(bisect_right(starts, value) - 1, 0) for value in values)
    ends = [*starts[1:], high]
    return tuple(
        Bin(start, end, counts[place]) for place, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
