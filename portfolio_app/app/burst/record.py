"""A receipt as it is kept and shown to anybody: JSON values, and nothing of who ran it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portfolio_app.app.ports.live_feed import Trace
from portfolio_app.app.ports.runs import Record, Run
from portfolio_app.domain.burst.latency import Latency, Parts
from portfolio_app.domain.burst.ledger import Answer, Mismatch
from portfolio_app.domain.burst.plan import Pace
from portfolio_app.domain.burst.ramp import Knee
from portfolio_app.domain.burst.receipt import Receipt
from portfolio_app.domain.burst.timeline import Moment

MISMATCHES_SHOWN: Final = 1_000
"""A sender can make up five for each request: a record has to stay small enough to keep hundreds."""
_SUMMARY: Final = (
    "run", "mode", "size", "workers", "cancelled", "started_at", "elapsed_s", "rps", "balanced", "mismatch_count",
    "latency_ms", "rate", "ramp", "by_site",
)  # fmt: skip

DrawTrace = Callable[[Trace], Mapping[str, Any]]
"""Draws the shown part of a trace as JSON values."""
FindTrace = Callable[[str | None], Trace | None]


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine that a run happened on: its numbers mean nothing without it."""

    processor: str
    cores: int
    python: str
    server_workers: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The circumstances of a run, which its receipt does not know."""

    run: Run
    cancelled: bool
    commit: str
    machine: Machine
    pace: Pace | None = None
    stalled_ms: int = 0
    by_site: bool = False


def record_of(receipt: Receipt, around: Circumstances, find: FindTrace, draw: DrawTrace) -> Record:
    """The record of a receipt, in milliseconds and seconds; of many mismatches the first `MISMATCHES_SHOWN`."""
    plan, machine = around.run.plan, around.machine
    return {
        "run": around.run.id,
        "mode": plan.mode.value,
        "size": plan.size.value,
        "workers": plan.workers.value,
        "rate": around.pace and around.pace.per_s,
        "skipped": around.pace.skipped if around.pace else 0,
        "ramp": receipt.knee and _ramp(receipt.knee),
        "stalled_ms": around.stalled_ms,
        "by_site": around.by_site,
        "cancelled": around.cancelled,
        "started_at": around.run.started_at.isoformat(timespec="milliseconds"),
        "elapsed_s": round(receipt.elapsed_us / 1_000_000, 6),
        "commit": around.commit,
        "machine": {name: getattr(machine, name) for name in machine.__slots__},
        "ledgers": {name: getattr(receipt.count, name) for name in receipt.count.__slots__},
        "balanced": receipt.balanced,
        "mismatches": [_mismatch(found) for found in receipt.mismatches[:MISMATCHES_SHOWN]],
        "mismatch_count": len(receipt.mismatches),
        "listed": receipt.count.received > 0 and not receipt.unseen,
        "latency_ms": _latency(receipt.latency),
        "intended_ms": _latency(receipt.intended) if around.pace else None,
        "parts_ms": receipt.parts and _parts(receipt.parts),
        "bytes": receipt.length,
        "causes": receipt.causes,
        "rps": round(receipt.per_s, 3),
        "histogram": [
            {"from_ms": _ms(found.start), "to_ms": _ms(found.end), "count": found.count}
            for found in receipt.histogram
        ],
        "timeline": [_moment(moment) for moment in receipt.timeline],
        "statuses": {str(status): count for status, count in receipt.statuses.items()},
        "slowest": [_slow(answer, find(answer.request_id), draw) for answer in receipt.slowest],
        "first_failure": receipt.first_failure and _failure(receipt.first_failure),
    }


def summary_of(record: Record) -> Record:
    """One line of the list of runs."""
    return {name: record[name] for name in _SUMMARY}


def _mismatch(found: Mismatch) -> Record:
    return {
        "n": found.n,
        "request_id": found.request_id,
        "missing": found.missing.value,
        "why": found.why,
    }


def _latency(found: Latency | None) -> Record | None:
    if found is None:
        return None
    return {name: _ms(getattr(found, name)) for name in found.__slots__}


def _parts(found: Parts) -> Record:
    return {name: _ms(getattr(found, name)) for name in ("server", "queue", "network")} | {
        "count": found.count
    }


def _moment(moment: Moment) -> Record:
    found = moment.latency
    return {
        "at_s": moment.at_us / 1_000_000,
        "length_s": moment.length_us / 1_000_000,
        "answered": moment.answered,
        "refused": moment.refused,
        "failed": moment.failed,
        "p50_ms": found and _ms(found.p50),
        "p95_ms": found and _ms(found.p95),
        "p99_ms": found and _ms(found.p99),
    }


def _ramp(found: Knee) -> Record:
    return {
        "kept": found.kept,
        "lost": found.lost,
        "allowed_ms": _ms(found.allowed_us),
        "steps": [{name: getattr(step, name) for name in step.__slots__} for step in found.steps],
    }


def _slow(answer: Answer, trace: Trace | None, draw: DrawTrace) -> Record:
    return {
        "n": answer.n,
        "request_id": answer.request_id,
        "ms": _ms(answer.duration_us),
        "status": answer.status,
        "trace": draw(trace) if trace else None,
    }


def _failure(answer: Answer) -> Record:
    why = f"answered with {answer.status}" if answer.status else "ended without an answer"
    return {"n": answer.n, "status": answer.status, "why": why}


def _ms(microseconds: float) -> float:
    return round(microseconds / 1_000, 6)
