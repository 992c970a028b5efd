"""The first waterfall of the front page: the visitor's arrival on the browser's clock, then each message they send."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import reflex as rx
from pydantic import Field

from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.app.ports.trace import FILE, LINE, LIVE, SESSION, Layer, source
from portfolio_app.http.home.second_tab import public_address
from portfolio_app.http.kit.scripts import handler_name, hook_view, script_names
from portfolio_app.http.log import LogFeed, MarkView, SpanRowView, TraceView, spoken, trace_view
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.arrivals import Answered
from portfolio_app.http.transport.caller import caller_of, current_request_id
from portfolio_app.http.transport.middleware.documents import Documents
from portfolio_app.http.transport.middleware.websockets import Websockets
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import current, part, services
from portfolio_app.http.transport.tracing import answer_labels
from portfolio_app.words import t

BROWSER: Final = "browser"
"""The layer of a step that the browser measured."""
CODE: Final = source(Documents.__call__.__code__), source(Websockets.__call__.__code__)
"""The code that answers a document, and the code that answers a handshake."""
_WAITING: Final = "waiting for the document"
_SOCKET: Final = "websocket handshake"
_SQL: Final = re.compile("(SELECT|INSERT|UPDATE|DELETE|WITH) ")
_LONGEST_US: Final = 7 * 86_400_000_000
"""A page may wait so long for its websocket: that of a machine that slept, or a server that was down."""
_REQUEST_ID: Final = "^([0-9a-f]{32})?$"


class ClocksDTO(Request):
    """The browser's own performance entries, in microseconds since its navigation began; 0 for what it does
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
    """The trace of an arrival on the browser's axis; None without anything to show.

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
    """The microseconds to add to the server's, which count from the epoch."""
    if document is not None and clocks.answered:
        took = (document.end_ns - document.start_ns) // 1000
        slack = max(clocks.answered - clocks.requested - took, 0)
        return clocks.requested + slack // 2 - document.start_ns // 1000
    if reads is not None:
        return clocks.heard - reads.duration_us - int(reads.started_at * 1000)
    return 0


def _measured(clocks: ClocksDTO) -> Iterator[SpanView]:
    """The spans that the browser measured; a paint is a moment."""
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
    """The spans of the server's answers before the websocket was open."""
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


_SCRIPT: Final = "$/public/js/first_trace.js"


class MessageTraceDTO(Request):
    """The request of a message that the visitor has sent."""

    request_id: str = Field(pattern="^[0-9a-f]{32}$")


class FirstTraceFeed(rx.State):
    """A channel for the waterfall of one tab; no state holds it."""

    trace: rx.Field[TraceView | None] = rx.field(None)


def _has_arrived(state: rx.State) -> bool:
    """Whether the tab's page was loaded, and not opened inside of another one."""
    return current().arrivals.has_arrived(state.router.session.client_token)


class FirstTraceState(rx.State):
    """`opened` is the request in which this tab's page was read, `address` where other machines find the site."""

    opened: rx.Field[str] = rx.field("")
    address: rx.Field[str] = rx.field("")

    @action("page.open", live=_has_arrived, kept=True, refused=ignore)
    async def begin(self) -> None:
        """Let the session open the trace of this page's reads; they and what led to them are its log's first rows."""
        self.opened, self.address = current_request_id(), public_address()
        session_id, token = caller_of(self).session_id, self.router.session.client_token
        for answered in current().arrivals.take(session_id, token):
            _record(answered)

    @action("arrival.show", live=False, refused=ignore)
    async def show_arrival(self, clocks: ClocksDTO) -> None:
        """Send this tab its arrival: the browser's clocks beside what the server did for the same page."""
        session_id, arrivals = caller_of(self).session_id, current().arrivals
        document = arrivals.document(session_id, clocks.document)
        handshake = arrivals.handshake(session_id, self.router.session.client_token)
        reads = services().live_feed.trace(session_id, clocks.opened)
        await self._send(arrival_view(clocks, document, handshake, reads))

    @action("arrival.message", live=False, refused=ignore)
    async def show_message(self, wanted: MessageTraceDTO) -> None:
        """Send this tab the way of a message of its session, as far as it has come."""
        found = services().live_feed.trace(caller_of(self).session_id, wanted.request_id)
        await self._send(trace_view(found, code=False) if found else None)

    async def _send(self, view: TraceView | None) -> None:
        if view is not None:
            await part(Push).send(self.router.session.session_id, FirstTraceFeed, trace=asdict(view))


def _record(answered: Answered) -> None:
    """Put an answer into the live feed of its session."""
    row = answer_labels("GET", answered.path, answered.status, answered.size)
    marks = row | CODE[answered.is_handshake] | {SESSION: answered.session_id, LIVE: True}
    ids, times = (answered.request_id,), (answered.start_ns, answered.end_ns)
    services().live_feed.record_late(named(answered), ids, *times, marks)


def first_trace(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """`trace`, which is null before there is one; `about`: `nothing`, `arrival` or `message`."""
    names = script_names(
        state=FirstTraceState.get_full_name(),
        feed=FirstTraceFeed.get_full_name(),
        log=LogFeed.get_full_name(),
        arrival=handler_name(FirstTraceState.show_arrival),
        message=handler_name(FirstTraceState.show_message),
    )
    return hook_view(_SCRIPT, "useFirstTrace", f"first_{field}", f'{names}, "{field}"', var_type)
