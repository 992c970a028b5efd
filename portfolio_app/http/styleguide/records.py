"""Receipts of bursts that never ran, made by the code that makes real ones."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portfolio_app.app.burst.record import Circumstances, Machine, record_of
from portfolio_app.app.ports.live_feed import Trace
from portfolio_app.app.ports.runs import Record, Run
from portfolio_app.domain.burst.ledger import Answer, Books
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.domain.burst.receipt import receipt
from portfolio_app.http.log.trace_views import trace_view
from portfolio_app.http.styleguide.samples import post_trace

_AT: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_SENT: Final = 40
_MACHINE: Final = Machine("Example processor", 2, "3.11", 1)


def _id(n: int) -> str:
    return f"{(n + 1) * 0x9E3779B1 % 2**32:08x}" * 4


def _answer(n: int) -> Answer:
    wait_us = 2_000 + 700 * (n * 7 % 11) + 90 * n
    return Answer(n, _id(n), 200, n * 9_000, wait_us, pushed=True)


def _record(number: int, answers: Mapping[int, Answer], *, lost: int = 0, cancelled: bool = False) -> Record:
    reached = {found.request_id: n for n, found in answers.items() if found.request_id and found.status}
    stored = {request_id: n for request_id, n in reached.items() if answers[n].status == 200}
    books = Books(_SENT, len(answers), answers, reached, dict(list(stored.items())[lost:]))
    run = Run(f"{number:016x}", "", "", Plan.parse(_SENT, 8, "write"), _AT, _AT + timedelta(minutes=5))
    around = Circumstances(run, cancelled=cancelled, commit="example", machine=_MACHINE)
    slowest = max(answers.values(), key=lambda found: found.duration_us, default=None)

    def find(request_id: str | None) -> Trace | None:
        known = slowest is not None and request_id == slowest.request_id
        return Trace(request_id or "", "", 0.0, 0, ()) if known else None

    return record_of(receipt(books), around, find, _drawn)


def _drawn(_: Trace) -> dict[str, Any]:
    return asdict(trace_view(post_trace(painted=False)))


_ALL: Final = {n: _answer(n) for n in range(_SENT)}
_REFUSED: Final = {n: replace(_ALL[n], status=429, pushed=False) for n in range(30, 34)}
_FAILED: Final = {36: replace(_ALL[36], status=0, request_id=None, pushed=False)}
_UNSEEN: Final = {12: replace(_ALL[12], pushed=False)}

RECORDS: Final[dict[str, Record]] = {
    "balanced": _record(1, _ALL),
    "with mismatches": _record(2, _ALL | _REFUSED | _FAILED | _UNSEEN, lost=2),
    "cancelled": _record(3, {n: _ALL[n] for n in range(12)}, cancelled=True),
    "nothing answered": _record(4, {}, cancelled=True),
}
"""By the state of their receipt."""
