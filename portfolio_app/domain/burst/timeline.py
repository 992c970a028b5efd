"""The timeline of a burst, in stretches of equal length."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portfolio_app.domain.burst.latency import Latency, latency
from portfolio_app.domain.burst.ledger import Answer, Outcome

_MOST_MOMENTS: Final = 60
_STEPS_US: Final = tuple(
    digit * 10**power for power in range(5, 11) for digit in (1, 2, 5)
)  # 0.1 s, 0.2 s, 0.5 s, …


@dataclass(frozen=True, slots=True)
class Moment:
    """The requests that ended within `length_us` from `at_us` on; `latency` (µs) is of the answered ones."""

    at_us: int
    length_us: int
    answered: int
    refused: int
    failed: int
    latency: Latency | None


def timeline(answers: Iterable[Answer]) -> tuple[Moment, ...]:
    """Every moment from the start of the run to its last answer, at most `_MOST_MOMENTS` of equal length.

    A run lasts minutes; the longest step is there for senders who claim otherwise.
    """
    ended = list(answers)
    last = max((answer.ended_us for answer in ended), default=-1)
    if last < 0:
        return ()
    step = next(step for step in _STEPS_US if last // step < _MOST_MOMENTS)
    moments: dict[int, list[Answer]] = {place: [] for place in range(last // step + 1)}
    for answer in ended:
        moments[answer.ended_us // step].append(answer)
    return tuple(_moment(place * step, step, within) for place, within in moments.items())


def _moment(at_us: int, length_us: int, answers: list[Answer]) -> Moment:
    outcomes = [answer.outcome for answer in answers]
    return Moment(
        at_us,
        length_us,
        answered=outcomes.count(Outcome.ANSWERED),
        refused=outcomes.count(Outcome.REFUSED),
        failed=outcomes.count(Outcome.FAILED),
        latency=latency([answer.duration_us for answer in answers if answer.outcome is Outcome.ANSWERED]),
    )
