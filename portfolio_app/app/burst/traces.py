"""The traces of a run that its receipt may want: the live feed keeps only a session's newest."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from portfolio_app.app.ports.live_feed import NetworkRow, Trace

FIRST: Final = 64
"""The first requests open the connections, which makes them the slowest to their sender."""
MOST_SPANS: Final = 6_000
"""Spans of all other traces kept together, about 4 MB: every no-op of a run, or some 800 writes."""


@dataclass(slots=True)
class KeptTraces:
    """The first traces of a run, and as many as there is room for of those that took the server longest."""

    _first: dict[str, Trace] = field(default_factory=dict)
    _slow: dict[str, Trace] = field(default_factory=dict)
    _heap: list[tuple[float, str]] = field(default_factory=list)
    _spans: int = 0

    def get(self, request_id: str | None) -> Trace | None:
        """The trace if it was kept."""
        if request_id is None:
            return None
        return self._first.get(request_id) or self._slow.get(request_id)

    def offer(self, row: NetworkRow, load: Callable[[str], Trace | None]) -> None:
        """Keep the trace behind a finished request if it is one of those; `load` is asked only then."""
        is_first = len(self._first) < FIRST
        is_slow = self._spans < MOST_SPANS or row.ms > self._heap[0][0]
        trace = load(row.request_id) if is_first or is_slow else None
        if trace is not None and is_first:
            self._first[row.request_id] = trace
        elif trace is not None and row.request_id not in self._slow:
            self._keep(row, trace)

    def _keep(self, row: NetworkRow, trace: Trace) -> None:
        self._slow[row.request_id] = trace
        self._spans += len(trace.spans)
        heapq.heappush(self._heap, (row.ms, row.request_id))
        while self._spans > MOST_SPANS:
            fastest = self._slow.pop(heapq.heappop(self._heap)[1])
            self._spans -= len(fastest.spans)
