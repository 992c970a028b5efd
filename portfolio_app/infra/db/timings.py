"""Times of each statement of a group commit, for the tracer that makes spans of them.

Many drafts share one transaction, so no single trace can be current while it runs. Instead the
journal keeps the context variables of each draft, and hands them over with the measured times: an
observer creates the same spans, with these start and end times, in every draft's own trace.
"""

import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Executable, Row
from sqlalchemy.sql.elements import ClauseElement

_LIST_OF_VALUES: Final = re.compile(r"__\[POSTCOMPILE_\w+\]")


@dataclass(frozen=True, slots=True)
class StatementTiming:
    """One statement: its text without values, nanoseconds since the epoch, rows read or written.

    `code` is the function and the line that ran it.
    """

    text: str
    start_ns: int
    end_ns: int
    rows: int
    code: tuple[CodeType, int]


@dataclass(frozen=True, slots=True)
class DraftTiming:
    """One draft of the batch: when it was queued, and the context variables of who queued it."""

    request_id: str
    queued_ns: int
    context: Context


@dataclass(frozen=True, slots=True)
class BatchTimings:
    """One committed transaction, and how long it took to hand its events to the bus."""

    drafts: tuple[DraftTiming, ...]
    start_ns: int
    statements: tuple[StatementTiming, ...]
    commit_start_ns: int
    commit_end_ns: int
    publish_start_ns: int
    publish_end_ns: int


Observe = Callable[[BatchTimings], None]
"""Called on the event loop after each commit, before the drafts' authors get to run; must be quick."""


@dataclass(slots=True)
class TimedConnection:
    """Executes statements and notes when."""

    connection: Connection
    timings: list[StatementTiming] = field(default_factory=list)

    def execute(
        self, statement: Executable, values: Mapping[str, object] | Sequence[Mapping[str, object]]
    ) -> Sequence[Row[Any]]:
        """Run `statement`, once for each mapping in a sequence, and return all rows of a query."""
        caller = sys._getframe(1)
        start = time.time_ns()
        result = self.connection.execute(statement, values)
        rows = result.all() if result.returns_rows else ()
        count = len(rows) if result.returns_rows or isinstance(values, Mapping) else len(values)
        end = time.time_ns()
        first = values if isinstance(values, Mapping) else values[0]
        text = _text(statement, self.connection.dialect, tuple(first))
        self.timings.append(StatementTiming(text, start, end, count, (caller.f_code, caller.f_lineno)))
        return rows


@lru_cache(maxsize=64)
def _text(statement: Executable, dialect: Dialect, columns: tuple[str, ...]) -> str:
    if not isinstance(statement, ClauseElement):
        raise TypeError("only SQL expressions are timed")
    text = str(statement.compile(dialect=dialect, column_keys=list(columns)))
    return _LIST_OF_VALUES.sub("…", " ".join(text.split()))
