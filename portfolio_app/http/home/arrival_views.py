"""A visitor's arrival as one waterfall: what the browser measured, and what the server did for it meanwhile."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from pydantic import Field

from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.app.ports.trace import FILE, LINE, Layer, source
from portfolio_app.http.log import MarkView, SpanRowView, TraceView, spoken, trace_view
from portfolio_app.http.transport.arrivals import Answered
from portfolio_app.http.transport.middleware.documents import Documents
from portfolio_app.http.transport.middleware.websockets import Websockets
from portfolio_app.http.transport.parsing import Request
from portfolio_app.words import t

BROWSER: Final = "browser"
"""Stands where a step of the server has its layer."""
CODE: Final = source(Documents.__call__.__code__), source(Websockets.__call__.__code__)
"""What answers a document, and what a handshake."""
_WAITING: Final = "waiting for the document"
_SOCKET: Final = "websocket handshake"
_SQL: Final = re.compile("(SELECT|INSERT|UPDATE|DELETE|WITH) ")
_LONGEST_US: Final = 600_000_000
_REQUEST_ID: Final = "^([0-9a-f]{32})?$"


class ClocksDTO(Request):
    """What the browser's own performance entries say, in microseconds since its navigation began; 0 for what it does
    not say.

    `document` and `opened` are the requests of the page and of its reads; `heard` is when their answer was there.
    All but `opened` and `heard` are 0 for a page that was opened inside of another one.
    """

    document: str = Field(pattern=_REQUEST_ID)
    opened: str = Field(pattern=_REQUEST_ID)
    heard: int = Field(ge=0, le=_LONGEST_US)
    requested: int = Field(default=0, ge=0, le=_LONGEST_US)
    answered: int = Field(default=0, ge=0, le=_LONGEST_US)
    received: int = Field(default=0, ge=0, le=_LONGEST_US)
    scripts: int = Field(default=0, ge=0, le=10_000)
    scripts_from: int = Field(default=0, ge=0, le=_LONGEST_US)
    scripts_to: int = Field(default=0, ge=0, le=_LONGEST_US)
    painted: int = Field(default=0, ge=0, le=_LONGEST_US)
    largest: int = Field(default=0, ge=0, le=_LONGEST_US)


def arrival_view(
    clocks: ClocksDTO, document: Answered | None, handshake: Answered | None, reads: Trace | None
) -> TraceView | None:
    """All on the browser's axis; None without anything to show.

    Two clocks never agree: the server's is set so that it answered the document in the middle of the browser's waiting
    for it, or else so that the reads ended when the browser heard of them.
    """
    shift = _shift(clocks, document, reads)
    answers = list(_answers(document, handshake, shift))
    own = _moved(reads, shift) if reads else ()
    spans = sorted((*_measured(clocks), *answers, *own), key=lambda span: (span.start_us, -span.duration_us))
    if not spans:
        return None
    trace = Trace(clocks.opened, _summary(answers, reads), 0, 0, tuple(spans))
    view = trace_view(trace, code=False)
    return replace(
        view, started=0, spans=tuple(map(_worded, view.spans)), way=tuple(_stations(clocks, answers, own))
    )


def _shift(clocks: ClocksDTO, document: Answered | None, reads: Trace | None) -> int:
    """What to add to the server's microseconds since the epoch."""
    if document is not None and clocks.answered:
        took = (document.end_ns - document.start_ns) // 1000
        slack = max(clocks.answered - clocks.requested - took, 0)
        return clocks.requested + slack // 2 - document.start_ns // 1000
    if reads is not None:
        return clocks.heard - reads.duration_us - int(reads.started_at * 1000)
    return 0


def _measured(clocks: ClocksDTO) -> Iterator[SpanView]:
    """What the browser says of itself; a paint is a moment."""
    found = (
        ("navigation, until the request leaves", 0, clocks.requested),
        (_WAITING, clocks.requested, clocks.answered),
        ("receiving the document", clocks.answered, clocks.received),
        (f"{clocks.scripts} scripts", clocks.scripts_from, clocks.scripts_to),
        ("first paint", clocks.painted, clocks.painted),
        ("largest contentful paint", clocks.largest, clocks.largest),
    )
    for name, start, end in found:
        if end > 0:
            yield SpanView(name, "", name, BROWSER, "", start, max(end - start, 0), ())


def _answers(document: Answered | None, handshake: Answered | None, shift: int) -> Iterator[SpanView]:
    """What the server did before there was a websocket to say it over."""
    found = (
        (document, _WAITING),
        (handshake, ""),
    )
    for answered, parent in found:
        if answered is not None:
            name, code = named(answered), CODE[answered.is_handshake]
            start = max(answered.start_ns // 1000 + shift, 0)
            took = max(answered.end_ns - answered.start_ns, 0) // 1000
            facts = {"status": answered.status, "bytes": answered.size}
            pills = tuple((key, str(value)) for key, value in facts.items() if value)
            yield SpanView(
                name, parent, name, Layer.HTTP, "", start, took, pills, str(code[FILE]), int(code[LINE])
            )


def named(answered: Answered) -> str:
    """The name of the step that gave this answer."""
    return _SOCKET if answered.is_handshake else f"GET {answered.path}"


def _moved(reads: Trace, shift: int) -> tuple[SpanView, ...]:
    start = max(int(reads.started_at * 1000) + shift, 0)
    return tuple(replace(span, start_us=span.start_us + start) for span in reads.spans)


def _worded(row: SpanRowView) -> SpanRowView:
    """A moment says when it was: it took no time."""
    return row if row.duration_us or row.layer != BROWSER else replace(row, took=t("at {time}", time=row.at))


def _summary(answers: Sequence[SpanView], reads: Trace | None) -> str:
    """How much of it was the server's, and how many statements that took."""
    server = sum(span.duration_us for span in answers) + (reads.duration_us if reads else 0)
    statements = [span for span in (reads.spans if reads else ()) if _SQL.match(span.name)]
    taken = spoken(sum(span.duration_us for span in statements))
    facts = {"all": spoken(server), "sql": taken, "n": len(statements)}
    if len(statements) == 1:
        return t("{all} on the server, {sql} of it in {n} SQL statement", **facts)
    return t("{all} on the server, {sql} of it in {n} SQL statements", **facts)


def _stations(clocks: ClocksDTO, answers: Sequence[SpanView], own: Sequence[SpanView]) -> Iterator[MarkView]:
    ends = {
        t("document"): clocks.answered,
        t("first paint"): clocks.painted,
        t("websocket"): max(
            (span.start_us + span.duration_us for span in answers if span.name == _SOCKET), default=0
        ),
        t("page read"): max((span.start_us + span.duration_us for span in own), default=0),
    }
    for label, end in ends.items():
        if end:
            yield MarkView(label, spoken(end), 0.0)
