"""Notes of one run: those of this worker, and of the others it hears from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from portfolio_app.app.burst.traces import KeptTraces
from portfolio_app.app.events import RunNoted
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import MOST

STALL_MS: Final = 300
"""How long a run's requests wait, once, when its sender wants to see what a stall does to its figures."""
_SURPLUS: Final = 2
"""How many times its size a run's edge ledger may grow: refused repeats are kept, a flood of them is not."""
_MOST_RECEIVED: Final = MOST * _SURPLUS
"""However many workers tell of a run, and whether or not its size is known here."""


@dataclass(slots=True)
class Notes:
    """The notes of a run: requests at the edge by id, answers as their sender saw them by number, and some traces.

    `untold` and `untold_answers` are what other workers have not heard of yet; `last_at` is when the sender was
    heard of last, `span` when the first and the last request were received, in microseconds.
    Requests wait until `stalled_until`, by the clock of the event loop.
    """

    received: dict[str, int] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)
    answers: dict[int, Answer] = field(default_factory=dict)
    traces: KeptTraces = field(default_factory=KeptTraces)
    untold: list[tuple[str, int]] = field(default_factory=list)
    untold_answers: list[Answer] = field(default_factory=list)
    last_at: datetime | None = None
    span: tuple[int, int] | None = None
    stalled_until: float | None = None

    @property
    def lasted_us(self) -> int:
        """The time from the first request that was received to the last one."""
        return self.span[1] - self.span[0] if self.span else 0

    def receive(self, request_id: str, n: int, size: int, at: datetime) -> bool:
        """Note a request at the edge; False if its number was received before."""
        self.last_at = at
        if len(self.received) >= size * _SURPLUS:
            return False
        now_us = round(at.timestamp() * 1_000_000)
        self._stretch((now_us, now_us))
        is_first = n not in self.numbers
        self.numbers.add(n)
        self.received[request_id] = n
        return is_first

    def answer(self, answers: Iterable[Answer]) -> list[Answer]:
        """Note answers, and return those that are news: the first word about a number stays."""
        return [answer for answer in answers if self.answers.setdefault(answer.n, answer) is answer]

    def merge(self, event: RunNoted, at: datetime) -> None:
        """Take over what another worker noted, as far as there is room."""
        before = len(self.received), len(self.answers)
        taken = event.received[: max(_MOST_RECEIVED - len(self.received), 0)]
        self.received.update(taken)
        self.numbers.update(n for _, n in taken)
        self.answer(event.answers)
        if (
            len(self.received),
            len(self.answers),
        ) != before:  # a repeated note does not show that its sender is alive
            self.last_at = at
        if event.span is not None:
            self._stretch(event.span)

    def _stretch(self, span: tuple[int, int]) -> None:
        known = self.span or span
        self.span = min(known[0], span[0]), max(known[1], span[1])

    def is_settled(self, sent: int, rows: Iterable[str]) -> bool:
        """Whether everything that the sender and the database (its `rows`, by request id) speak of is here."""
        return (
            len(self.answers) >= sent
            and all(
                answer.request_id in self.received
                for answer in self.answers.values()
                if answer.must_be_received
            )
            and all(row in self.received for row in rows)
        )
