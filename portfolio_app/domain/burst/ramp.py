"""A ramp: an open loop whose rate rises in steps of one length, and the knee at which a server falls behind."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from portfolio_app.domain.burst.latency import percentile
from portfolio_app.domain.burst.ledger import Answer, Outcome

STEPS: Final = 8
KEPT_UP: Final = 0.95
"""The part of a step's requests that must be answered, and half of the later ones in time: who falls behind is later
and later, while a machine that is busy with something else delays a few."""
_LEAST_SLACK_US: Final = 20_000
_SLACK: Final = 0.05
_PER_LINE: Final = 1.25
"""In time is within a twentieth of a step's length, 20 ms at least, of what the first step's fastest tenth took and a
quarter more: a long line is no fault of a server, and its times vary with its length."""
_TENTH: Final = 10
_WHOLE: Final = STEPS * (STEPS + 1) // 2


@dataclass(frozen=True, slots=True)
class Ramp:
    """`size` requests, due at `STEPS` rates that rise evenly up to `top` a second."""

    size: int
    top: int

    @property
    def step_s(self) -> float:
        """How long each step lasts, in seconds."""
        return self.size * STEPS / (_WHOLE * self.top)

    def rate(self, step: int) -> float:
        """Requests a second of a step, counted from 1."""
        return self.top * step / STEPS

    def first(self, step: int) -> float:
        """How many requests are due before a step."""
        return self.size * step * (step - 1) / (2 * _WHOLE)

    def numbers(self, step: int) -> range:
        """The requests that are due in a step; none in the first ones of a very small ramp."""
        return range(math.ceil(self.first(step)), math.ceil(self.first(step + 1)))

    def step_of(self, n: int) -> int:
        """The step that request `n` is due in."""
        return next(step for step in range(1, STEPS + 1) if n < self.first(step + 1) or step == STEPS)

    def due_s(self, n: int) -> float:
        """The time at which request `n` is due, in seconds from the start; the page's script says the same."""
        step = self.step_of(n)
        return (step - 1) * self.step_s + (n - self.first(step)) / self.rate(step)


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of one rate: how many requests were `due` and `answered`; of its second half, the `later` ones,
    how many were answered `in_time`."""

    per_s: float
    due: int
    answered: int
    later: int
    in_time: int

    @property
    def kept_up(self) -> bool:
        """Whether the server did."""
        return self.answered >= KEPT_UP * self.due and 2 * self.in_time >= self.later


@dataclass(frozen=True, slots=True)
class Knee:
    """The steps of a ramp that was sent, and the time they were allowed, from when each request was due.

    A step in which a server stumbled once is no knee: from there on it must never have kept up again.
    """

    steps: tuple[Step, ...]
    allowed_us: int

    @property
    def kept(self) -> float:
        """The highest rate before the first from which on no step kept up: the knee, if there is one; 0 for none."""
        return next((step.per_s for step in reversed(self.steps) if step.kept_up), 0.0)

    @property
    def lost(self) -> float:
        """The first rate from which on no step kept up: 0 where the last one did."""
        above = [step.per_s for step in self.steps if step.per_s > self.kept]
        return above[0] if above else 0.0


def knee(ramp: Ramp, answers: Iterable[Answer], *, is_whole: bool) -> Knee:
    """Judge a ramp by what its sender saw. Of one that was stopped, only steps that were sent to their end count."""
    by_step: dict[int, list[Answer]] = {step: [] for step in range(1, STEPS + 1)}
    last = -1
    for answer in answers:
        last = max(last, answer.n)
        if answer.outcome is Outcome.ANSWERED:
            by_step[ramp.step_of(answer.n)].append(answer)
    sent = [
        step for step in by_step if (numbers := ramp.numbers(step)) and (is_whole or numbers.stop <= last)
    ]
    allowed = _allowed(ramp, [_since_due(answer) for answer in by_step[sent[0]]]) if sent else 0
    steps = (_step(ramp, step, by_step[step], allowed) for step in sent)
    return Knee(tuple(steps), allowed)


def _step(ramp: Ramp, step: int, answers: Sequence[Answer], allowed: int) -> Step:
    numbers = ramp.numbers(step)
    later = numbers[len(numbers) // 2 :]
    in_time = sum(answer.n in later and _since_due(answer) <= allowed for answer in answers)
    return Step(ramp.rate(step), len(numbers), len(answers), len(later), in_time)


def _since_due(answer: Answer) -> int:
    return answer.late_us + answer.duration_us


def _allowed(ramp: Ramp, times: Sequence[int]) -> int:
    slack = max(_LEAST_SLACK_US, _SLACK * ramp.step_s * 1_000_000)
    return round(slack + (_PER_LINE * percentile(sorted(times), _TENTH) if times else 0))
