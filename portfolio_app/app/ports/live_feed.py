"""The live feed: the backend's steps for one visitor session, as they happen and for a while after."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

Pills = tuple[tuple[str, str], ...]
"""Short names and values; none of them is text that a visitor typed."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One finished step of one request.

    `seq` counts the session's rows from 1 without gaps; `at` is the wall-clock start in milliseconds since
    the epoch; `ms` is the duration; `level` is `info` or `error`.
    """

    seq: int
    at: float
    ms: float
    target: str
    layer: str
    message: str
    request_id: str
    pills: Pills
    level: str = "info"


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """One finished HTTP request (`kind` is `http`) or Reflex event (`event`, its method is `WS`).

    `seq`, `at` and `ms` as in `LogRow`, counted on their own; `path` has no query; `bytes` is the size of the
    response body, or of the state updates that the event sent to its tab.
    """

    seq: int
    at: float
    kind: str
    method: str
    path: str
    status: int
    ms: float
    bytes: int
    request_id: str


@dataclass(frozen=True, slots=True)
class FeedBatch:
    """New rows, oldest first; the rows' `seq` go on where the batch before ended."""

    rows: tuple[LogRow, ...] = ()
    network: tuple[NetworkRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SpanView:
    """One step of a request: `start_us` after the start of its trace.

    `parent` is empty for a step that no other waited for; `name` is the SQL text for a statement, with
    placeholders; `file` (relative to the repository, or empty) and `line` name the code that ran.
    """

    id: str
    parent: str
    name: str
    layer: str
    target: str
    start_us: int
    duration_us: int
    pills: Pills
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """One request from its first step to its last; `started_at` in milliseconds since the epoch."""

    request_id: str
    name: str
    started_at: float
    duration_us: int
    spans: tuple[SpanView, ...]


FeedSubscriber = Callable[[str, FeedBatch], Awaitable[None]]


class LiveFeed(Protocol):
    """The live log of every session, coalesced to a bounded rate."""

    def subscribe(self, subscriber: FeedSubscriber) -> None:
        """Call `subscriber(session_id, batch)` on the event loop, at most about 20 times a second."""
        ...

    def recent(self, session_id: str) -> FeedBatch:
        """The newest rows of a session: a bounded window for a tab that opens late."""
        ...

    def after(self, session_id: str, seq: int) -> tuple[LogRow, ...] | None:
        """The log rows after `seq`, or None when some of them are no longer kept."""
        ...

    def record_late(
        self,
        name: str,
        request_ids: Iterable[str],
        start_ns: int,
        end_ns: int,
        attributes: Mapping[str, str | int],
    ) -> None:
        """Add a finished step to requests that may have been answered by then: it lies inside no other step.

        `attributes` as `ports.trace.labels` makes them; ignores what is no request id.
        """
        ...

    def trace(self, session_id: str, request_id: str) -> Trace | None:
        """One of the session's last 200 traces, by start of its steps; None for anybody else's."""
        ...
