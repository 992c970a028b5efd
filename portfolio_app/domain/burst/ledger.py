"""The four ledgers of a burst, joined by request id."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portfolio_app.domain.errors import InvalidValue

_REFUSED: Final = 429
_SERVER_ERROR: Final = 500


class Outcome(StrEnum):
    """The outcome of a request that was sent: exactly one of these."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Cause(StrEnum):
    """Why a request has no answer; `NONE` for one that has, or where its sender did not say."""

    NONE = ""
    CANCELLED = "cancelled"
    NETWORK = "network"
    TIMEOUT = "timeout"
    CUT_SHORT = "cut short"


@dataclass(frozen=True, slots=True)
class Answer:
    """One request as its sender saw it end.

    `status` is 0 without an answer, and `cause` says why; `started_us` counts from the start of the run; `pushed` says
    that the sender saw the request arrive in its live feed.

    `late_us` is how long after its intended start it was sent, `length` the bytes of the answer's body. Of the
    duration, it waited `queued_us` in the sender for a connection, and the server says it took `server_us`; None
    where nobody measured it.
    """

    n: int
    request_id: str | None
    status: int
    started_us: int
    duration_us: int
    pushed: bool
    cause: Cause = Cause.NONE
    late_us: int = 0
    length: int = 0
    queued_us: int | None = None
    server_us: int | None = None

    @property
    def outcome(self) -> Outcome:
        """2xx is answered, 429 refused, what its sender broke off cancelled, everything else failed."""
        if self.status == 0 and self.cause == Cause.CANCELLED:
            return Outcome.CANCELLED
        if 200 <= self.status < 300:
            return Outcome.ANSWERED
        return Outcome.REFUSED if self.status == _REFUSED else Outcome.FAILED

    @property
    def must_be_received(self) -> bool:
        """Whether it can only come from the edge: a failure without a request id may be a proxy's."""
        return self.status != 0 and (self.request_id is not None or self.outcome is not Outcome.FAILED)

    @property
    def rules_out_a_row(self) -> bool:
        """Whether it says that nothing was done; a 5xx may follow a commit, and no answer (0) says nothing."""
        return 0 < self.status < _SERVER_ERROR and self.outcome is not Outcome.ANSWERED

    @property
    def ended_us(self) -> int:
        """The time at which the answer was there."""
        return self.started_us + self.duration_us


class Ledger(StrEnum):
    """A ledger that a request must be found in."""

    RECEIVED = "received"
    STORED = "stored"
    PUSHED = "pushed"
    ANSWERED = "answered"


_WHY: Final[Mapping[Ledger, str]] = {
    Ledger.RECEIVED: "it was answered, but the edge has no record of it",
    Ledger.STORED: "it was answered, but the database has no row of it",
    Ledger.PUSHED: "it was answered, but the live feed never showed it to its sender",
    Ledger.ANSWERED: "the edge received it, but its sender reported no such answer",
}
_NO_ID: Final = "it was answered without a request id"
_UNREPORTED: Final = "it was sent, but its sender reported no outcome"
_STRAY_ROW: Final = "the database has a row of it, but the edge has no record of it"
_REFUSED_ROW: Final = "its sender was answered that it was refused, but the database has a row of it"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A request that one ledger has and the ledger `missing` has not."""

    n: int
    request_id: str | None
    missing: Ledger
    why: str

    @property
    def unseen(self) -> bool:
        """Whether it is only the sender that did not see, or did not report, something."""
        return self.missing is Ledger.PUSHED or (
            self.missing is Ledger.ANSWERED and self.why is not _REFUSED_ROW
        )


@dataclass(frozen=True, slots=True)
class Books:
    """The books of a burst: the notes of each party.

    `answers` are the sender's, one for each number; `received` and `stored` (None unless rows were
    written) map request ids to numbers. `received_for_us` is the time between the first and the last request at
    the edge; None where there are the sender's words alone.
    """

    size: int
    sent: int
    answers: Mapping[int, Answer]
    received: Mapping[str, int]
    stored: Mapping[str, int] | None = None
    received_for_us: int | None = None

    def __post_init__(self) -> None:
        if not len(self.answers) <= self.sent <= self.size:
            raise InvalidValue("sent", "The number of requests sent does not fit the run and its answers.")


@dataclass(frozen=True, slots=True)
class Count:
    """The ledgers as numbers; `sent` is always the sum of the next four."""

    sent: int
    answered: int
    refused: int
    failed: int
    cancelled: int
    received: int
    stored: int | None
    pushed: int


@dataclass(frozen=True, slots=True)
class Joined:
    """The outcome of the join: `answers` has one for each request sent, unreported ones as failed."""

    count: Count
    answers: tuple[Answer, ...]
    mismatches: tuple[Mismatch, ...]


def join(books: Books) -> Joined:
    """Compare every request in every ledger, in both directions; each difference is a mismatch of its own.

    A request whose answer was lost, never reported or 5xx may have a row or none: nobody can tell whether it
    failed before its commit or after it. A row is a mismatch if its request was refused, or if the edge has no
    record of it.
    """
    reported = sorted(books.answers.values(), key=lambda answer: answer.n)
    unreported = _unreported(books)
    lost = [Answer(n, None, 0, 0, 0, pushed=False) for n in sorted(unreported)]
    answers = (*reported, *lost)
    outcomes = [answer.outcome for answer in answers]
    found = [mismatch for answer in reported for mismatch in _of_answer(answer, books)]
    found += _unanswered(books, unreported)
    found += _rows(books)
    # A request that the edge has no record of is named once, though its answer and its row both say so.
    once = {
        (mismatch.n, mismatch.missing, mismatch.request_id or ""): mismatch for mismatch in reversed(found)
    }
    return Joined(
        Count(
            sent=books.sent,
            answered=outcomes.count(Outcome.ANSWERED),
            refused=outcomes.count(Outcome.REFUSED),
            failed=outcomes.count(Outcome.FAILED),
            cancelled=outcomes.count(Outcome.CANCELLED),
            received=len(books.received),
            stored=None if books.stored is None else len(books.stored),
            pushed=sum(answer.pushed for answer in reported),
        ),
        answers,
        tuple(once[key] for key in sorted(once)),
    )


def _unreported(books: Books) -> Set[int]:
    """The numbers that were sent and not reported: those the edge knows first, then in order."""
    known = set(books.received.values())
    left = [n for n in range(books.size) if n not in books.answers]
    return set(sorted(left, key=lambda n: (n not in known, n))[: books.sent - len(books.answers)])


def _of_answer(answer: Answer, books: Books) -> Iterator[Mismatch]:
    """The ledgers that lack a request whose answer its sender saw."""
    if not answer.must_be_received:
        return
    if answer.request_id is None:
        yield _missing(answer.n, None, Ledger.RECEIVED, _NO_ID)
        return
    if books.received.get(answer.request_id) != answer.n:
        yield _missing(answer.n, answer.request_id, Ledger.RECEIVED)
    if not answer.pushed and answer.outcome is not Outcome.FAILED:
        yield _missing(answer.n, answer.request_id, Ledger.PUSHED)
    if _must_be_stored(answer, books) and (books.stored or {}).get(answer.request_id) != answer.n:
        yield _missing(answer.n, answer.request_id, Ledger.STORED)


def _must_be_stored(answer: Answer, books: Books) -> bool:
    return books.stored is not None and answer.outcome is Outcome.ANSWERED


def _unanswered(books: Books, unreported: Set[int]) -> Iterator[Mismatch]:
    """The mismatches of requests whose sender did not say what became of them."""
    for n in unreported - set(books.received.values()):
        yield _missing(n, None, Ledger.ANSWERED, _UNREPORTED)
    for request_id, n in books.received.items():
        answer = books.answers.get(n)
        if answer is None:
            yield _missing(n, request_id, Ledger.ANSWERED, _UNREPORTED if n in unreported else "")
        elif answer.request_id != request_id and answer.status != 0:
            yield _missing(n, request_id, Ledger.ANSWERED)


def _rows(books: Books) -> Iterator[Mismatch]:
    """Rows of requests that were never received, or were refused."""
    for request_id, n in (books.stored or {}).items():
        if books.received.get(request_id) != n:
            yield _missing(n, request_id, Ledger.RECEIVED, _STRAY_ROW)
        answer = books.answers.get(n)
        if answer is not None and answer.request_id == request_id and answer.rules_out_a_row:
            yield _missing(n, request_id, Ledger.ANSWERED, _REFUSED_ROW)


def _missing(n: int, request_id: str | None, ledger: Ledger, why: str = "") -> Mismatch:
    return Mismatch(n, request_id, ledger, why or _WHY[ledger])
