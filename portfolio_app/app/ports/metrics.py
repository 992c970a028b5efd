"""Metrics for operators."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol


class Reading(StrEnum):
    """A figure that is counted elsewhere and read when somebody asks; the adapter knows its unit and its label."""

    BUILD = "build_info"
    BUS_LOSSES = "bus_losses"
    CONNECTIONS_CLOSED = "connections_closed"
    DB_CONNECTIONS = "db_connections"
    EVENTS_DROPPED = "events_dropped"
    FEED_ROWS = "feed_rows"
    HASHES_WAITING = "hashes_waiting"
    LETTERS = "letters"
    LOG_LEFT_OUT = "log_lines_left_out"
    OPEN_SOCKETS = "open_sockets"
    OPEN_STREAMS = "open_streams"
    ORIGINS_REFUSED = "origins_refused"
    PUSH_BYTES = "push_bytes"
    PUSH_DELIVERIES = "push_deliveries"
    QUEUE_DEPTH = "queue_depth"
    REFUSED = "refused"
    RESYNCS = "resyncs"
    SOCKETS_DROPPED = "sockets_dropped"
    STREAMS_ENDED = "streams_ended"
    TAB_STATES = "tab_states"
    UNREAD_BYTES = "unread_bytes"
    WORK_SECONDS = "work_seconds"
    WORK_WAITING = "work_waiting"


Source = Callable[[], float | Mapping[str, float]]
"""Answers with the value, or with a value for each value of the label. Called on the event loop."""


class Metrics(Protocol):
    """Counts what happens. No argument is text that a visitor chose: each has few different values."""

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an HTTP request; `route` is a template, `seconds` last until the answer began."""
        ...

    def handled(self, handler: str, status: int, seconds: float) -> None:
        """Count an event that a browser sent."""
        ...

    def posted(self, seconds: float) -> None:
        """Count a stored message; `seconds` its use case took, commit included."""
        ...

    def rate_limited(self, scope: str) -> None:
        """Count an attempt that was one too many."""
        ...

    def read(self, reading: Reading, source: Source) -> None:
        """Ask `source` from now on; several may each answer for other values of the label."""
        ...

    def exposition(self) -> bytes:
        """All metrics as text in Prometheus' format."""
        ...
