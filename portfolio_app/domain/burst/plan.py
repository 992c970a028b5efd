"""The plan of a burst, and the ranges it has to keep to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from portfolio_app.domain.errors import InvalidValue

FEWEST: Final = 10
MOST: Final = 5_000
MOST_WORKERS: Final = 64
MOST_PER_S: Final = 2_000


class Mode(StrEnum):
    """The workload of a request: it touches the edge only, one query, or one row through the whole path."""

    NOOP = "noop"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Size:
    """How many requests, 10 to 5,000."""

    value: int

    def __post_init__(self) -> None:
        if not FEWEST <= self.value <= MOST:
            raise InvalidValue("size", f"A burst has {FEWEST} to {MOST} requests.")


@dataclass(frozen=True, slots=True)
class Workers:
    """How many requests may be under way at once, 1 to 64."""

    value: int

    def __post_init__(self) -> None:
        if not 1 <= self.value <= MOST_WORKERS:
            raise InvalidValue("workers", f"A burst has 1 to {MOST_WORKERS} workers.")


@dataclass(frozen=True, slots=True)
class Pace:
    """An open loop: so many requests a second are due, 1 to 2,000, whatever becomes of those before.

    `skipped` were due for too long, and never sent. A `rising` one comes up to that rate in steps (`ramp.py`).
    """

    per_s: int
    skipped: int = 0
    rising: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.per_s <= MOST_PER_S:
            raise InvalidValue("rate", f"An open loop has 1 to {MOST_PER_S} requests a second.")


@dataclass(frozen=True, slots=True)
class Plan:
    """One burst before it runs."""

    size: Size
    workers: Workers
    mode: Mode

    @classmethod
    def parse(cls, size: int, workers: int, mode: str) -> Self:
        """The plan, or `InvalidValue` naming the field at fault."""
        if mode not in set(Mode):
            raise InvalidValue("mode", "A burst's mode is noop, read or write.")
        return cls(Size(size), Workers(workers), Mode(mode))

    def number(self, n: int) -> int:
        """`n` if it is the number of a request of this burst, else `InvalidValue`."""
        if not 0 <= n < self.size.value:
            raise InvalidValue("n", f"Requests of this burst are numbered 0 to {self.size.value - 1}.")
        return n
