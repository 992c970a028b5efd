"""One engine per process, with the settings under which each database keeps what it acknowledged."""

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url

BEGIN: Final = "sqlite_begin"
"""Execution option: the statement that begins a SQLite transaction, `BEGIN` unless given."""

_POOL_TIMEOUT_S: Final = 5
_STATEMENT_TIMEOUT_MS: Final = 10_000
_CONNECT_TIMEOUT_S: Final = 3
_BUSY_TIMEOUT_MS: Final = 5_000

# A process kill loses nothing in WAL mode even with synchronous=NORMAL; FULL also keeps acknowledged
# messages through a power cut, as PostgreSQL does, and group commit makes its fsync cheap.
# The page cache is one per connection and 2 MB unless said otherwise; the operating system keeps the same pages once.
_SQLITE_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -256",  # KiB
)


def open_engine(database_url: str, connections: int) -> Engine:
    """An engine that keeps up to `connections` open; connects to nothing yet."""
    if make_url(database_url).get_backend_name() == "sqlite":
        return _sqlite(database_url, connections)
    return _postgres(database_url, connections)


def for_writing(engine: Engine) -> Engine:
    """The same pool, but a SQLite transaction takes the write lock when it begins, not half way."""
    return engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})


def _postgres(url: str, connections: int) -> Engine:
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _CONNECT_TIMEOUT_S,
            "options": f"-c statement_timeout={_STATEMENT_TIMEOUT_MS} -c timezone=UTC",
            "application_name": "portfolio",
        },
    )


def _sqlite(url: str, connections: int) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=connections, max_overflow=0, pool_timeout=_POOL_TIMEOUT_S)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions by itself, late and for some statements only.
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN"))
