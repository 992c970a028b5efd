"""The receipt of a burst: the joined ledgers, and how fast it went."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portfolio_app.domain.burst.latency import Bin, Latency, Parts, histogram, latency, parts
from portfolio_app.domain.burst.ledger import Answer, Books, Count, Mismatch, Outcome, join
from portfolio_app.domain.burst.ramp import Knee, Ramp, knee
from portfolio_app.domain.burst.timeline import Moment, timeline

SLOWEST: Final = 10
_US_PER_S: Final = 1_000_000
_UNKNOWN: Final = "unknown"
"""The cause of a failure whose sender said nothing."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The joined ledgers in figures; latencies are in microseconds and of answered requests only.

    `latency` counts from the call that sent a request, `intended` from the time at which it was to be sent; `parts` is
    of those whose parts are known. `causes` says how requests failed: the status, or what kept an answer away.
    `knee` is where a ramp left the server behind.

    `per_s` is answered requests a second, from the first request's start to the last one's end: of those that
    the edge received, and not in less time than it took to receive them.
    """

    count: Count
    mismatches: tuple[Mismatch, ...]
    elapsed_us: int
    per_s: float
    latency: Latency | None
    intended: Latency | None
    parts: Parts | None
    length: int
    causes: Mapping[str, int]
    histogram: tuple[Bin, ...]
    timeline: tuple[Moment, ...]
    statuses: Mapping[int, int]
    slowest: tuple[Answer, ...]
    first_failure: Answer | None
    knee: Knee | None

    @property
    def balanced(self) -> bool:
        """Whether every request sent is in every ledger it must be in, and nothing else is in any."""
        count = self.count
        whole = count.sent == count.answered + count.refused + count.failed + count.cancelled
        return whole and not self.mismatches

    @property
    def unseen(self) -> int:
        """How many of the mismatches say only that the sender did not see something."""
        return sum(mismatch.unseen for mismatch in self.mismatches)


def receipt(books: Books, ramp: Ramp | None = None, *, is_whole: bool = True) -> Receipt:
    """Join the books and measure; of a `ramp`, too, where it left the server behind, if that is known."""
    joined = join(books)
    reported = list(books.answers.values())
    answered = [answer for answer in reported if answer.outcome is Outcome.ANSWERED]
    durations = [answer.duration_us for answer in answered]
    elapsed = _elapsed(reported)
    ended = [answer for answer in joined.answers if answer.outcome is not Outcome.CANCELLED]
    measured = [answer for answer in reported if answer.outcome is not Outcome.CANCELLED]
    return Receipt(
        count=joined.count,
        mismatches=joined.mismatches,
        elapsed_us=elapsed,
        per_s=_per_s(books, answered, elapsed),
        latency=latency(durations),
        intended=latency([answer.late_us + answer.duration_us for answer in answered]),
        parts=parts(
            [
                (answer.duration_us, answer.queued_us, answer.server_us)
                for answer in answered
                if answer.queued_us is not None and answer.server_us is not None
            ]
        ),
        length=sum(answer.length for answer in reported),
        causes=_causes(joined.answers),
        histogram=histogram(durations),
        timeline=timeline(reported),
        statuses=dict(sorted(Counter(answer.status for answer in ended).items())),
        slowest=tuple(sorted(measured, key=lambda answer: (-answer.duration_us, answer.n))[:SLOWEST]),
        first_failure=_first_failure(joined.answers),
        knee=knee(ramp, reported, is_whole=is_whole) if ramp else None,
    )


def _per_s(books: Books, answered: Sequence[Answer], elapsed: int) -> float:
    if books.received_for_us is None:
        return len(answered) * _US_PER_S / elapsed if elapsed else 0.0
    arrived = sum(1 for answer in answered if answer.request_id in books.received)
    took = max(elapsed, books.received_for_us)
    # The time of one request is known from its sender alone.
    return arrived * _US_PER_S / took if took and len(books.received) > 1 else 0.0


def _elapsed(answers: Sequence[Answer]) -> int:
    if not answers:
        return 0
    return max(answer.ended_us for answer in answers) - min(answer.started_us for answer in answers)


def _causes(answers: Sequence[Answer]) -> Mapping[str, int]:
    failed = [answer for answer in answers if answer.outcome is Outcome.FAILED]
    found = Counter(str(answer.status or answer.cause or _UNKNOWN) for answer in failed)
    return dict(sorted(found.items()))


def _first_failure(answers: Sequence[Answer]) -> Answer | None:
    failed = (answer for answer in answers if answer.outcome is Outcome.FAILED)
    return min(failed, key=lambda answer: (answer.ended_us, answer.n), default=None)
