"""Specimens of the load burst, with receipts of bursts that never ran, made by the code that makes real ones."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import reflex as rx

from portfolio_app.app.burst import charts
from portfolio_app.app.burst.charts import Point
from portfolio_app.app.burst.record import Circumstances, Machine, record_of, summary_of
from portfolio_app.app.burst.worded import compared, with_words, worded_summary
from portfolio_app.app.ports.live_feed import Trace
from portfolio_app.app.ports.runs import Record, Run
from portfolio_app.domain.burst.ledger import Answer, Books, Cause
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.domain.burst.receipt import receipt
from portfolio_app.http.burst.controls import BurstControls, burst_controls
from portfolio_app.http.burst.drawings import spread, timeline
from portfolio_app.http.burst.live import BurstReadings, Figure, burst_live, burst_status
from portfolio_app.http.burst.receipt import download, receipt_body
from portfolio_app.http.burst.runs import Comparison, comparison, recent_runs
from portfolio_app.http.kit.specimen import Group, Specimen, given, listed, nothing, post_trace, specimen, var
from portfolio_app.http.log import trace_view

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
_BROKEN_OFF: Final = {12: replace(_ALL[12], status=0, request_id=None, pushed=False, cause=Cause.CANCELLED)}
_UNSEEN: Final = {12: replace(_ALL[12], pushed=False)}

RECORDS: Final[dict[str, Record]] = {
    "balanced": _record(1, _ALL),
    "with mismatches": _record(2, _ALL | _REFUSED | _FAILED | _UNSEEN, lost=2),
    "cancelled": _record(3, {n: _ALL[n] for n in range(12)} | _BROKEN_OFF, cancelled=True),
    "nothing answered": _record(4, {}, cancelled=True),
}
"""The specimens by the state of their receipt."""


_POINTS: list[Point] = [
    {"at_s": at / 10, "rate": rate, "p50": 4.0 + at % 3, "p95": 9.0 + at % 4, "p99": 14.0 + at % 5}
    for at, rate in enumerate((320, 610, 740, 720, 690, 705, 660, 180))
]
_BINS: list[Record] = [
    {"from_ms": 2 * 1.4**at, "to_ms": 2 * 1.4 ** (at + 1), "count": count}
    for at, count in enumerate((3, 41, 160, 210, 96, 38, 12, 4))
]
_ONE: list[Record] = [{"from_ms": 5.2, "to_ms": 5.2, "count": 1}]
_FROM_ZERO: list[Record] = [
    {"from_ms": 4 * at, "to_ms": 4 * (at + 1), "count": count} for at, count in enumerate((61, 204, 33, 2))
]
_LATENCY = {"p50": 5.2, "p95": 11.0, "p99": 15.1}
_UNREAD = "The site can't do that right now."
_FACTS = ("Sent", "In flight", "Rate", "Answered", "Refused", "Failed", "Cancelled", "p50", "p99")


def _group() -> Group:
    """Controls, readings, receipts, runs."""
    return Group(
        "Load burst",
        "Set it, watch it, read the receipt: four ledgers that have to agree.",
        (*_controls(), *_readings(), *_drawings(), *_receipts(), *_runs()),
        small=frozenset({download}),
        wide=frozenset({receipt_body, comparison}),
    )


def _controls() -> tuple[Specimen, ...]:
    def controls(
        state: str, *, busy: bool = False, elsewhere: bool = False, cancellable: bool = False
    ) -> Specimen:
        settings = BurstControls(
            size=var(500),
            workers=var(1 if busy else 24),
            mode=var("write"),
            busy=var(busy),
            elsewhere=var(elsewhere),
            cancellable=var(cancellable),
            stallable=var(cancellable),
            loop=var("open" if busy else "closed"),
            rate=var(200),
            on_size=nothing,
            on_workers=nothing,
            on_mode=nothing,
            on_run=nothing,
            on_cancel=nothing,
            on_loop=nothing,
            on_rate=nothing,
            on_stall=nothing,
            group=f"burst-mode-{state.split(maxsplit=1)[0]}",
        )
        return specimen(state, burst_controls, settings)

    return (
        controls("idle"),
        controls("running", busy=True, cancellable=True),
        controls("elsewhere: another tab runs one", busy=True, elsewhere=True),
    )


def _state(
    phase: str, status: str, facts: tuple[str, ...] = (), *, ended: int = 0, problem: str = ""
) -> BurstReadings:
    shown = facts or ("–",) * len(_FACTS)
    return BurstReadings(
        phase=var(phase),
        status=var(status),
        problem=var(problem),
        unsaved=var(bool(problem)),
        total=var(500 if ended else 0),
        ended=var(ended),
        facts=[Figure(name, value) for name, value in zip(_FACTS, shown, strict=True)],
        chart=var(charts.timeline(_POINTS if ended else [])),
        words=var(""),
        on_save=nothing,
    )


def _readings() -> tuple[Specimen, ...]:
    running = ("412", "24", "705", "388", "0", "0", "0", "5.20", "15.1")
    cancelled = ("412", "0", "705", "388", "0", "0", "24", "5.20", "15.1")
    done = ("500", "0", "705", "497", "3", "0", "0", "5.20", "15.1")
    unsaved = "The receipt could not be written."
    states = {
        "idle": _state("idle", "Ready: 500 requests, 24 at a time."),
        "running": _state("running", "412 of 500 requests sent.", running, ended=388),
        "cancelled": _state("done", "Cancelled after 412 of 500 requests.", cancelled, ended=412),
        "receipt missing": _state("done", "All 500 requests ended.", done, ended=500, problem=unsaved),
    }
    return tuple(
        specimen(state, component, readings)
        for component in (burst_status, burst_live)
        for state, readings in states.items()
    )


def _drawings() -> tuple[Specimen, ...]:
    def over_time(state: str, points: list[Point], waiting: str = "") -> Specimen:
        return specimen(state, timeline, var(charts.timeline(points)), waiting=waiting)

    def spreading(state: str, bins: list[Record], latency: Record) -> Specimen:
        answered = sum(found["count"] for found in bins)
        receipt = {
            "histogram": charts.histogram({"histogram": bins, "latency_ms": latency}),
            "statuses": [{"k": "200", "v": str(answered)}] if answered else [],
            "causes": [],
        }
        return specimen(state, spread, given(receipt))

    return (
        over_time("no point yet", [], waiting="Rate and latency are drawn here."),
        over_time("one point", _POINTS[:1]),
        over_time("eight points", _POINTS),
        spreading("nothing answered", [], {}),
        spreading("one answered", _ONE, dict.fromkeys(_LATENCY, 5.2)),
        spreading("from zero on", _FROM_ZERO, _LATENCY),
        spreading("eight bins", _BINS, _LATENCY),
    )


def _receipts() -> tuple[Specimen, ...]:
    counted = {"sent": "412", "pushed": "371", "outcomes": "388 answered, 0 refused, 0 failed"}
    blank = {"nothing run yet": {}, "while it runs": counted}
    records = {state: with_words(record) for state, record in RECORDS.items()}
    return (
        specimen("a file", download, "/api/runs", "JSON"),
        *(specimen(state, receipt_body, given(record)) for state, record in records.items()),
        *(
            specimen(f"folded, {state}", receipt_body, given({"shown": shown, "slowest": []}), folded=True)
            for state, shown in blank.items()
        ),
        *(
            specimen(f"folded, {state}", receipt_body, given(records[state]), folded=True)
            for state in ("balanced", "with mismatches")
        ),
    )


def _runs() -> tuple[Specimen, ...]:
    first, second, *_ = records = list(RECORDS.values())
    summaries = listed([worded_summary(summary_of(record)) for record in records])
    both = compared(first, second)

    def comparing(state: str, *, chosen: bool = False, problem: str = "") -> Specimen:
        shown = Comparison(
            shown=var(first["run"]),
            chosen=var(second["run"] if chosen else ""),
            problem=var(problem),
            other=var(both["other"]),
            rows=listed(both["rows"]),
            first=var(both["first"]),
            second=var(both["second"]),
        )
        return specimen(state, comparison, shown, runs=summaries, on_choose=nothing)

    def runs(state: str, rows: Any, *, loaded: bool = True, problem: str = "") -> Specimen:  # noqa: ANN401 (a Var)
        return specimen(
            state, recent_runs, rows=rows, loaded=loaded, problem=var(problem), on_retry=rx.noop()
        )

    return (
        runs("busy", listed([]), loaded=False),
        runs("not readable", listed([]), loaded=False, problem=_UNREAD),
        runs("empty", listed([])),
        runs("full", summaries),
        runs("full, not readable again", summaries, problem=_UNREAD),
        comparing("nothing chosen"),
        comparing("the other can't be shown", problem="The other run is not recorded here."),
        comparing("another run chosen", chosen=True),
    )


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_group(),)
