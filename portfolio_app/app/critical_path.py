"""The critical path of a trace: the chain of steps that decided when it ended, and how two of them differ."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from portfolio_app.app.ports.live_feed import SpanView

WAITING: Final = ""
"""Stands for a step where none ran, or none that is kept."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the path, in microseconds of the trace: in `step`, by its id, and in no step inside of it."""

    step: str
    start_us: int
    end_us: int

    @property
    def duration_us(self) -> int:
        """How long it is."""
        return self.end_us - self.start_us


@dataclass(frozen=True, slots=True)
class Difference:
    """The share of one name in the difference of two traces: what it adds to either path. All shares add up to it."""

    name: str
    first_us: int
    second_us: int

    @property
    def more_us(self) -> int:
        """How much longer the second is."""
        return self.second_us - self.first_us


class _Step(NamedTuple):
    id: str
    start: int
    end: int


def critical_path(spans: Sequence[SpanView]) -> tuple[Part, ...]:
    """The path from the start of the first step to the end of the last, without holes: its parts add up to all of it.

    A moment, such as a paint, is no step, but may be the start or the end.

    Read backwards from the end: of the steps inside of another one, that which ended last before the next on the path
    began held it up; one that was still running then did not. A step that outlives the one it was begun in was not
    waited for and counts beside it: there, what was still running may well have begun it.
    """
    steps = [
        _Step(span.id, span.start_us, span.start_us + span.duration_us)
        for span in spans
        if span.duration_us > 0
    ]
    if not steps:
        return ()
    inside = _inside({span.id: span.parent for span in spans}, steps)
    ends = [span.start_us + span.duration_us for span in spans]
    whole = _Step(WAITING, min(span.start_us for span in spans), max(ends))
    return tuple(reversed(list(_back(whole, inside, beside=True))))


def _inside(parents: dict[str, str], steps: Sequence[_Step]) -> dict[str, list[_Step]]:
    """The steps by the innermost one that they lie inside of, among those that led to them."""
    known, found = {step.id: step for step in steps}, dict[str, list[_Step]]()
    for step in steps:
        host = parents[step.id]
        while host and not _holds(known.get(host), step):
            host = parents.get(host, WAITING)
        found.setdefault(host, []).append(step)
    return found


def _holds(outer: _Step | None, step: _Step) -> bool:
    return outer is not None and outer.start <= step.start and step.end <= outer.end


def _back(whole: _Step, inside: dict[str, list[_Step]], *, beside: bool) -> Iterator[Part]:
    """The path of one step, from its end back to its start; `beside`: of several that wait for no other."""
    at, running = whole.end, True
    ended = sorted(inside.get(whole.id, []), key=lambda step: (step.end, step.start))
    begun: list[tuple[int, int, _Step]] = []  # those that end later than `at`, the last to start first
    while True:
        while ended and ended[-1].end > at:
            step = ended.pop()
            heapq.heappush(begun, (-step.start, -step.end, step))
        while begun and begun[0][2].start >= at:
            heapq.heappop(begun)
        if begun and (running or beside) and not (ended and ended[-1].end == at):
            step = heapq.heappop(begun)[2]
        elif ended:
            step = ended.pop()
        else:
            break
        if step.end < at:
            yield Part(whole.id, step.end, at)
        at, running = min(step.end, at), False
        yield from _back(step._replace(end=at), inside, beside=False)
        at = step.start
    if whole.start < at:
        yield Part(whole.id, whole.start, at)


def differences(first: Sequence[SpanView], second: Sequence[SpanView]) -> tuple[Difference, ...]:
    """The paths of two traces, name by name, those that differ most first."""
    ours, theirs = _by_name(first), _by_name(second)
    found = [Difference(name, ours.get(name, 0), theirs.get(name, 0)) for name in ours | theirs]
    return tuple(sorted(found, key=lambda each: -abs(each.more_us)))


def _by_name(spans: Sequence[SpanView]) -> dict[str, int]:
    names, found = {span.id: span.name for span in spans}, dict[str, int]()
    for part in critical_path(spans):
        name = names.get(part.step, WAITING)
        found[name] = found.get(name, 0) + part.duration_us
    return found
