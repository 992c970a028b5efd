"""Rows, the product of every measure: one for each number, and the statistics made from them."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One number of one round; `value` is None when there is none, and `error` says why."""

    measure: str
    system: str
    n: int
    round: int
    metric: str
    value: float | None
    unit: str
    error: str | None = None
    kind: str | None = None
    """Of what, where a measure has several that are no size."""

    def as_json(self) -> dict[str, object]:
        """The row as it stands in the results file, `error` and `kind` only where there is one."""
        return {name: value for name, value in asdict(self).items() if name not in ("error", "kind") or value}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One system at one size in one round, of which every metric has a unit."""

    measure: str
    system: str
    n: int
    round: int
    units: Mapping[str, str]

    def rows(self, values: Mapping[str, float]) -> list[Row]:
        """Rows of measured values."""
        return [self._row(metric, value) for metric, value in values.items()]

    def missing(self, error: str) -> list[Row]:
        """Why none of its metrics has a value."""
        return [self._row(metric, None, error) for metric in self.units]

    def _row(self, metric: str, value: float | None, error: str | None = None) -> Row:
        unit = self.units[metric]
        return Row(self.measure, self.system, self.n, self.round, metric, value, unit, error)


@dataclass(frozen=True, slots=True)
class Summary:
    """Median, smallest and largest of one metric over the rounds of one run."""

    median: float
    low: float
    high: float


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least `percent` of all samples don't exceed (nearest rank)."""
    if not samples:
        raise ValueError("no samples")
    rank = math.ceil(len(samples) * percent / 100)
    return sorted(samples)[max(rank, 1) - 1]


def summary(rows: Iterable[Row], system: str, n: int, metric: str) -> Summary | None:
    """The summary of one metric of one system at one size; None unless every round has a value."""
    values = [row.value for row in rows if (row.system, row.n, row.metric) == (system, n, metric)]
    numbers = [value for value in values if value is not None]
    if not numbers or len(numbers) < len(values):
        return None
    return Summary(statistics.median(numbers), min(numbers), max(numbers))


def first_error(rows: Iterable[Row], system: str, n: int, metric: str) -> str | None:
    """Why a metric has no summary, in the words of its first round that failed."""
    for row in rows:
        if (row.system, row.n, row.metric) == (system, n, metric) and row.error:
            return row.error
    return None


def worded(rows: list[Row], system: str, n: int, metric: str, unit: str) -> str:
    """Median, lowest and highest with their unit, or why there are none."""
    found = summary(rows, system, n, metric)
    if found is None:
        return str(first_error(rows, system, n, metric))
    return f"{found.median:9.2f} ({found.low:.2f}-{found.high:.2f}) {unit}"
