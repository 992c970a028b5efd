"""A step for every statement and commit of a unit of work."""

import time
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import ConnectionPoolEntry

from portfolio_app.app.ports.trace import Layer, Target, labels
from portfolio_app.infra.tracing.recorder import Label, record, sampled_parent

_STATEMENT: Final = "portfolio.statement_ns"
_COMMIT: Final = "portfolio.commit_ns"
_COMMITTED: Final = Label(labels(Target.DB, Layer.INFRA))


def trace_statements(engine: Engine) -> None:
    """Time each statement of `engine`, by its text with placeholders and never its parameters."""
    event.listen(engine, "before_cursor_execute", _before)
    event.listen(engine, "after_cursor_execute", _after)
    event.listen(engine, "commit", _committing)
    # The pool gets a connection back as soon as its commit is done; there is no event between.
    event.listen(engine.pool, "checkin", _returned)


def _before(connection: Connection, *_: object) -> None:
    connection.info[_STATEMENT] = time.time_ns()


def _after(connection: Connection, cursor: DBAPICursor, statement: str, *_: object) -> None:
    parent = sampled_parent()
    started = connection.info.pop(_STATEMENT, None)
    if parent is not None and started is not None:
        record(_text(statement), parent, started, time.time_ns(), _label(max(cursor.rowcount, 0)))


@lru_cache(maxsize=256)
def _text(statement: str) -> str:
    return " ".join(statement.split())


@lru_cache(maxsize=256)
def _label(rows: int) -> Label:
    return Label(labels(Target.DB, Layer.INFRA, rows=rows))


def _committing(connection: Connection) -> None:
    connection.info[_COMMIT] = time.time_ns()


def _returned(_connection: object, entry: ConnectionPoolEntry) -> None:
    started = entry.info.pop(_COMMIT, None)
    parent = sampled_parent()
    if parent is not None and started is not None:
        record("COMMIT", parent, started, time.time_ns(), _COMMITTED)
