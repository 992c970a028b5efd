"""The feeds of all sessions: rows, counts and last traces, all bounded."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from portfolio_app.app.ports.live_feed import FeedBatch, LogRow, Trace
from portfolio_app.app.ports.step import Step
from portfolio_app.infra.tracing.rows import log_row, network_row, trace_of

MAX_SESSIONS: Final = 1_000
MAX_KEPT: Final = 60_000
"""Rows, and steps of traces, of all sessions together. Of 500 bytes each they take 30 MB, less as most are both."""
MAX_IDLE: Final = 20_000
"""Steps among those of sessions in which nothing has happened for `IDLE_S`: sixty visitors who looked around."""
IDLE_S: Final = 60.0
MAX_TRACES: Final = 4_096
"""Traces of all sessions together."""
TRACES: Final = 200
STEPS: Final = 500
"""Steps of one trace: a request that takes more is cut off in its waterfall, not in the log."""
WINDOW: Final = 500
RECENT: Final = 200


@dataclass(slots=True)
class RowWindow:
    """Steps of one kind: a bounded window and the exact count, which is the number of the newest.

    A step becomes a row only when somebody asks for it.
    """

    window: deque[Step] = field(default_factory=lambda: deque(maxlen=WINDOW))
    count: int = 0

    def add(self, fresh: list[Step]) -> Iterator[tuple[int, Step]]:
        """Number steps and keep the newest; all of them come back."""
        first = self.count + 1
        self.window.extend(fresh)
        self.count += len(fresh)
        return enumerate(fresh, first)

    def newest(self, most: int) -> Iterator[tuple[int, Step]]:
        """The newest steps that are kept, at most so many, oldest first, each with its number."""
        first = max(len(self.window) - most, 0)
        number = self.count - len(self.window) + first + 1
        return enumerate(islice(self.window, first, None), number)


@dataclass(slots=True)
class SessionFeed:
    """One visitor session."""

    session_id: str
    log: RowWindow = field(default_factory=RowWindow)
    network: RowWindow = field(default_factory=RowWindow)
    traces: OrderedDict[int, list[Step]] = field(default_factory=OrderedDict)
    steps: int = 0
    """Steps of all its traces."""
    used_at: float = 0.0

    def add(self, fresh: Sequence[Step]) -> FeedBatch:
        """Keep steps with their traces; number those that are rows, and return them."""
        for step in fresh:
            steps = self.traces.get(step.trace_id)
            if steps is not None and len(steps) < STEPS:
                steps.append(step)
                self.steps += 1
        return batch_of(
            self.log.add([step for step in fresh if step.target]),
            self.network.add([step for step in fresh if step.request]),
        )

    @property
    def kept(self) -> int:
        """Rows, and steps of traces; what is both counts twice."""
        return len(self.log.window) + len(self.network.window) + self.steps

    def drop(self, trace_id: int) -> None:
        """Forget the steps of a trace; its rows stay."""
        self.steps -= len(self.traces.pop(trace_id, ()))

    def empty(self) -> None:
        """Forget rows and traces, and go on counting: tabs that show rows of it miss none that come."""
        self.log.window.clear()
        self.network.window.clear()
        self.traces.clear()
        self.steps = 0

    def recent(self) -> FeedBatch:
        """See `LiveFeed`."""
        return batch_of(self.log.newest(RECENT), self.network.newest(RECENT))

    def after(self, seq: int) -> tuple[LogRow, ...] | None:
        """See `LiveFeed`."""
        missed = self.log.count - seq
        if not 0 <= missed <= len(self.log.window):
            return None
        return tuple(log_row(*numbered) for numbered in self.log.newest(missed))

    def trace(self, trace_id: int) -> Trace | None:
        """See `LiveFeed`."""
        steps = self.traces.get(trace_id)
        return trace_of(steps) if steps else None


class SessionFeeds:
    """Finds the session of a trace; forgets the sessions and traces that were longest without a request."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions: OrderedDict[str, SessionFeed] = OrderedDict()
        self._traces: OrderedDict[int, SessionFeed] = OrderedDict()
        self._quiet: set[int] = set()
        self.kept = 0
        """Rows, and steps of traces, of all sessions together."""

    def get(self, session_id: str) -> SessionFeed | None:
        """The feed of a session, if anything is kept of it."""
        return self._sessions.get(session_id)

    def known(self) -> list[str]:
        """Every session of which something is kept."""
        return list(self._sessions)

    def add(self, session_id: str, fresh: Sequence[Step]) -> FeedBatch:
        """Keep steps of a session whose traces are bound; see `SessionFeed.add`."""
        session = self._sessions.get(session_id)
        if session is None:
            return FeedBatch()
        before = session.kept
        batch = session.add(fresh)
        self.kept += session.kept - before
        if self.kept > MAX_KEPT:
            self._make_room(session)
        return batch

    def of_trace(self, trace_id: int) -> SessionFeed | None:
        """The session a trace was bound to, as long as the trace is kept."""
        return self._traces.get(trace_id)

    def is_quiet(self, trace_id: int) -> bool:
        """Whether the steps of a trace are kept without being rows."""
        return trace_id in self._quiet

    def bind(self, trace_id: int, session_id: str, *, quiet: bool | None = None) -> SessionFeed:
        """Make a trace the session's newest; a `quiet` one gives no rows until a span says otherwise."""
        session = self._sessions.get(session_id) or SessionFeed(session_id)
        self._sessions[session_id] = session
        self._sessions.move_to_end(session_id)
        session.used_at = self._clock()
        if trace_id not in self._traces:
            session.traces[trace_id] = []
            self._traces[trace_id] = session
            if quiet:
                self._quiet.add(trace_id)
        if quiet is False:
            self._quiet.discard(trace_id)
        if len(session.traces) > TRACES:
            self._forget_trace(next(iter(session.traces)))
        if len(self._traces) > MAX_TRACES:
            self._forget_trace(next(iter(self._traces)))
        if len(self._sessions) > MAX_SESSIONS:
            self._empty(self._sessions.popitem(last=False)[1])
        return session

    def release(self) -> bool:
        """Forget what idle sessions have beyond `MAX_IDLE`, the oldest first; whether to look again later."""
        latest = self._clock() - IDLE_S
        idle = [each for each in self._sessions.values() if each.kept and each.used_at <= latest]
        left = sum(each.kept for each in idle)
        for session in idle:
            if left <= MAX_IDLE:
                break
            left -= session.kept
            self._empty(session)
        return self.kept > MAX_IDLE

    def _make_room(self, newest: SessionFeed) -> None:
        for session in self._sessions.values():
            if self.kept <= MAX_KEPT:
                return
            if session is not newest:
                self._empty(session)
        while self.kept > MAX_KEPT and newest.traces:
            self._forget_trace(next(iter(newest.traces)))

    def _empty(self, session: SessionFeed) -> None:
        self.kept -= session.kept
        for trace_id in session.traces:
            self._traces.pop(trace_id, None)
            self._quiet.discard(trace_id)
        session.empty()

    def _forget_trace(self, trace_id: int) -> None:
        owner = self._traces.pop(trace_id)
        before = owner.kept
        owner.drop(trace_id)
        self.kept += owner.kept - before
        self._quiet.discard(trace_id)


def batch_of(log: Iterable[tuple[int, Step]], network: Iterable[tuple[int, Step]]) -> FeedBatch:
    """Numbered steps made into rows."""
    return FeedBatch(
        tuple(log_row(*numbered) for numbered in log), tuple(network_row(*numbered) for numbered in network)
    )
