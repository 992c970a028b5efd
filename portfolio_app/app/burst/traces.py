"""The traces of a run that its receipt may want: the live feed keeps only a session's newest."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from portfolio_app.app.ports.live_feed import NetworkRow, Trace

FIRST: Final = 64
"""The first requests open the connections, which makes them the slowest to their sender."""
SLOWEST: Final = 256


@dataclass(slots=True)
class KeptTraces:
    """The first traces of a run, and those that took the server longest."""

    _first: dict[str, Trace] = field(default_factory=dict)
    _slow: dict[str, Trace] = field(default_factory=dict)
    _heap: list[tuple[float, str]] = field(default_factory=list)

    def get(self, request_id: str | None) -> Trace | None:
        """The trace if it was kept."""
        if request_id is None:
            return None
        return self._first.get(request_id) or self._slow.get(request_id)

    def offer(self, row: NetworkRow, load: Callable[[str], Trace | None]) -> None:
        """Keep the trace behind a finished request if it is one of those; `load` is asked only then."""
        is_first = len(self._first) < FIRST
        is_slow = len(self._heap) < SLOWEST or row.ms > self._heap[0][0]
        trace = load(row.request_id) if is_first or is_slow else None
        if trace is not None and is_first:
            self._first[row.request_id] = trace
        elif trace is not None:
            self._keep(row, trace)

    def _keep(self, row: NetworkRow, trace: Trace) -> None:
        self._slow[row.request_id] = trace
        heapq.heappush(self._heap, (row.ms, row.request_id))
        if len(self._heap) > SLOWEST:
            del self._slow[heapq.heappop(self._heap)[1]]
