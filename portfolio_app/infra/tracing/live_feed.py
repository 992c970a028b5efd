"""A span processor that turns a session's spans into its live feed."""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from operator import attrgetter
from threading import Lock
from typing import Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from portfolio_app.app.events import Event, SessionTraced, TracesMissed
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.live_feed import FeedBatch, FeedSubscriber, LiveFeed, LogRow, Trace
from portfolio_app.app.ports.step import Step
from portfolio_app.infra.tracing.recorder import Label, record_late
from portfolio_app.infra.tracing.sessions import SessionFeed, SessionFeeds
from portfolio_app.infra.tracing.steps import is_quiet, missing_step, session_of, step_of

_log = logging.getLogger(__name__)
FLUSH_SECONDS: Final = 0.05
RELEASE_EVERY_S: Final = 15.0
MAX_UNCLAIMED: Final = 1_024
MAX_UNCLAIMED_SPANS: Final = 64
REFLEX: Final = "reflex"
"""The instrumentation scope of the spans that Reflex makes, one for each event."""
_END: Final = attrgetter("end_ns")
_REQUEST_ID: Final = re.compile(r"[0-9a-f]{32}")
"""As it is shown: Python would read a number with spaces, signs or underscores around and in it, too."""


class LiveFeedProcessor(SpanProcessor, LiveFeed):
    """Implements `LiveFeed`: collects on whatever thread ends a span, delivers on the event loop.

    On a shared bus, what one worker collects all of them keep and deliver: a session's tabs see the same on
    each. Every worker numbers rows as they come; one that was started later has those since.

    A trace belongs to the session that its first span marked `LIVE` or `KEPT` names. Spans that end before that one
    starts wait for it, until the outermost span ends without one.
    """

    def __init__(self) -> None:
        self._bus: Bus | None = None
        self._lock = Lock()
        self._sessions = SessionFeeds()
        self._unclaimed: OrderedDict[int, list[ReadableSpan]] = OrderedDict()
        self._unsent: dict[str, list[Step]] = {}
        self._subscribers: list[FeedSubscriber] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._release_later: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver on `loop` from now on."""
        self._loop = loop

    def detach(self) -> None:
        """Stop delivering, and keep no more."""
        self._loop = None
        if self._release_later is not None:
            self._release_later.cancel()
            self._release_later = None

    def share(self, bus: Bus) -> None:
        """Exchange what is collected with the feeds of other workers."""
        self._bus = bus
        bus.subscribe(self.on_event)

    def subscribe(self, subscriber: FeedSubscriber) -> None:
        """See `LiveFeed`."""
        self._subscribers.append(subscriber)

    def recent(self, session_id: str) -> FeedBatch:
        """See `LiveFeed`."""
        with self._lock:
            session = self._sessions.get(session_id)
            return session.recent() if session else FeedBatch()

    def after(self, session_id: str, seq: int) -> tuple[LogRow, ...] | None:
        """See `LiveFeed`."""
        with self._lock:
            session = self._sessions.get(session_id)
            if session is None:
                return () if seq == 0 else None
            return session.after(seq)

    def trace(self, session_id: str, request_id: str) -> Trace | None:
        """See `LiveFeed`."""
        if not _REQUEST_ID.fullmatch(request_id):
            return None
        with self._lock:
            session = self._sessions.get(session_id)
            return session.trace(int(request_id, 16)) if session else None

    def kept(self) -> int:
        """Rows, and steps of traces, kept for all sessions together."""
        with self._lock:
            return self._sessions.kept

    def record_late(
        self,
        name: str,
        request_ids: Iterable[str],
        start_ns: int,
        end_ns: int,
        attributes: Mapping[str, str | int],
    ) -> None:
        """See `LiveFeed`."""
        if self._loop is not None:
            # Frames that were pushed have yet to be written to their sockets: they go first.
            self._loop.call_soon(_record_all, name, request_ids, (start_ns, end_ns), attributes)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Give the trace to the session that its span names."""
        session_id = session_of(span)
        if session_id is not None and span.context is not None:
            with self._lock:
                self._claim(span.context.trace_id, session_id, quiet=is_quiet(span))

    def on_end(self, span: ReadableSpan) -> None:
        """Keep the span's step with its session, if it is one that a visitor may see."""
        if span.context is None or self._loop is None:
            return
        trace_id = span.context.trace_id
        with self._lock:
            session = self._sessions.of_trace(trace_id)
            if session is not None:
                self._keep(session, span)
            elif not _is_outermost(span):
                self._wait(trace_id, span)
            elif (session_id := session_of(span)) is not None:
                self._keep(self._claim(trace_id, session_id, quiet=is_quiet(span)), span)
            else:
                self._unclaimed.pop(trace_id, None)

    def _claim(self, trace_id: int, session_id: str, *, quiet: bool | None = None) -> SessionFeed:
        session = self._sessions.bind(trace_id, session_id, quiet=quiet)
        for waiting in self._unclaimed.pop(trace_id, ()):
            self._keep(session, waiting)
        return session

    def _wait(self, trace_id: int, span: ReadableSpan) -> None:
        spans = self._unclaimed.setdefault(trace_id, [])
        if len(spans) < MAX_UNCLAIMED_SPANS:
            spans.append(span)
        if len(self._unclaimed) > MAX_UNCLAIMED:
            self._unclaimed.popitem(last=False)

    def _keep(self, session: SessionFeed, span: ReadableSpan) -> None:
        step = step_of(span)
        if step is None or self._loop is None:
            return
        if self._sessions.is_quiet(step.trace_id):
            step.target, step.request = "", None
        if not self._unsent:
            self._loop.call_soon_threadsafe(self._loop.call_later, FLUSH_SECONDS, self._flush)
        self._unsent.setdefault(session.session_id, []).append(step)

    def _flush(self) -> None:
        with self._lock:
            unsent, self._unsent = self._unsent, {}
        if self._loop is not None:
            # Some steps are recorded later than they ended, so as not to hold up the request.
            events = [
                SessionTraced(session_id, tuple(sorted(steps, key=_END)))
                for session_id, steps in unsent.items()
            ]
            task = self._loop.create_task(self._send(events))
            self._sending.add(task)
            task.add_done_callback(self._sent)

    async def _send(self, events: list[SessionTraced]) -> None:
        if self._bus is not None:
            await self._bus.publish(*events)
            return
        for event in events:
            await self.on_event(event)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("the live feed could not be published: %s", type(error).__name__)

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: keep what this or another worker did for a session, and deliver the new rows.

        Where rows of other workers may be missing, every session's log says so.
        """
        if isinstance(event, SessionTraced):
            await self._take(event)
        elif isinstance(event, TracesMissed):
            marks = [missing_step()]
            with self._lock:
                marked = [(known, self._sessions.add(known, marks)) for known in self._sessions.known()]
            for session_id, batch in marked:
                await self._deliver(session_id, batch)

    async def _take(self, event: SessionTraced) -> None:
        with self._lock:
            for trace_id in dict.fromkeys(step.trace_id for step in event.steps):
                self._claim(trace_id, event.session_id)
            batch = self._sessions.add(event.session_id, event.steps)
        if self._release_later is None and self._loop is not None:
            self._release_later = self._loop.call_later(RELEASE_EVERY_S, self._release)
        await self._deliver(event.session_id, batch)

    def _release(self) -> None:
        with self._lock:
            goes_on = self._sessions.release()
        self._release_later = None
        if goes_on and self._loop is not None:
            self._release_later = self._loop.call_later(RELEASE_EVERY_S, self._release)

    async def _deliver(self, session_id: str, batch: FeedBatch) -> None:
        if batch.rows or batch.network:
            for subscriber in self._subscribers:
                await subscriber(session_id, batch)

    def shutdown(self) -> None:
        """End nothing: the processor keeps nothing that would be lost."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Rows leave on their own schedule."""
        return True


def _record_all(
    name: str, request_ids: Iterable[str], times_ns: tuple[int, int], attributes: Mapping[str, str | int]
) -> None:
    label = Label(attributes)
    for request_id in request_ids:
        with suppress(ValueError):
            record_late(name, int(request_id, 16), *times_ns, label)


def _is_outermost(span: ReadableSpan) -> bool:
    """Whether no span that still runs could claim the trace: one event may chain others into its trace."""
    scope = span.instrumentation_scope
    return span.parent is None or (scope is not None and scope.name == REFLEX)
