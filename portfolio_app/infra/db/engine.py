"""One engine per process, with the settings under which each database keeps what it acknowledged.

Every connection of the site is opened here, so every one has the bounds below: a host that vanishes in mid
transaction holds a room's row for 5 s at most, and a database that does not answer costs seconds, not minutes.
"""

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote

import psycopg2.extensions
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

BEGIN: Final = "sqlite_begin"
"""Execution option: the statement that begins a SQLite transaction, `BEGIN` unless given."""

_IN_TURN: Final = "sqlite_in_turn"
_POOL_TIMEOUT_S: Final = 5
_CONNECT_TIMEOUT_S: Final = 3
_BUSY_TIMEOUT_MS: Final = 5_000
_ASK_EVERY_S: Final = 0.000_5

# A dead peer is noticed after 4 s: before the transaction it left open ends (5 s), so that its other sessions, which
# wait for the same row, don't get it one after the other. Both ends watch their own socket: the client's settings
# end a thread that waits for a lost server, the server's end the session of a lost client.
_KEEPALIVE_IDLE_S: Final = 2
_KEEPALIVE_INTERVAL_S: Final = 1
_KEEPALIVE_COUNT: Final = 2
_UNACKNOWLEDGED_MS: Final = 4_000

# In the order in which they end: whoever waits for a row outwaits a holder that is gone, and a statement that
# waits in vain fails as one that found a lock, not as one that ran too long.
_IDLE_IN_TRANSACTION_MS: Final = 5_000
_LOCK_TIMEOUT_MS: Final = 6_000
_STATEMENT_TIMEOUT_MS: Final = 10_000

_SESSION: Final[Mapping[str, str | int]] = {
    "timezone": "'UTC'",
    "statement_timeout": _STATEMENT_TIMEOUT_MS,
    "lock_timeout": _LOCK_TIMEOUT_MS,
    "idle_in_transaction_session_timeout": _IDLE_IN_TRANSACTION_MS,
    # A session that waits for a lock looks at its socket this often; PostgreSQL 14 and later.
    "client_connection_check_interval": 1_000,
    "tcp_keepalives_idle": _KEEPALIVE_IDLE_S,
    "tcp_keepalives_interval": _KEEPALIVE_INTERVAL_S,
    "tcp_keepalives_count": _KEEPALIVE_COUNT,
    "tcp_user_timeout": _UNACKNOWLEDGED_MS,
}
_SET_SESSION: Final = "; ".join(f"SET {name} = {value}" for name, value in _SESSION.items())

WAITING_STARTER: Final[Mapping[str, int]] = {"statement_timeout": 0, "lock_timeout": 0}
"""Timeouts for the one statement in which a starter waits for another's migration, however long that takes.

Should the other's host vanish, its keepalives and `MIGRATION` end its session.
"""

MIGRATION: Final[Mapping[str, int]] = {
    # Changing a large table may take longer than any query of the site.
    "statement_timeout": 0,
    # Above what any session of the site may run: a busy site delays a migration and does not fail it. Not without
    # end, as posts queue up behind a migration that waits for a table.
    "lock_timeout": 15_000,
    # A migration may compute between two statements.
    "idle_in_transaction_session_timeout": 60_000,
}
"""Timeouts for the transaction of a migration."""

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


def parse(database_url: str) -> URL:
    """The parts of a URL; the path of a SQLite file may have characters of a URL in it, written as `%3F`."""
    url = make_url(database_url)
    return url.set(database=unquote(url.database)) if _is_sqlite(url) and url.database else url


def open_engine(database_url: str, connections: int) -> Engine:
    """An engine that keeps up to `connections` open; connects to nothing yet."""
    if _is_sqlite(url := parse(database_url)):
        return _sqlite(url, connections)
    return _postgres(database_url, connections)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def for_writing(engine: Engine, *, in_turn: bool = False) -> Engine:
    """The same pool, but a SQLite transaction takes the write lock when it begins, not half way.

    Those that wait `in_turn` wait for one another first, and one of them for the lock.
    """
    return engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE", _IN_TURN: in_turn})


def set_timeouts(connection: Connection, timeouts: Mapping[str, int]) -> None:
    """Set milliseconds for the rest of the transaction, instead of the session's; SQLite has none to set."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("; ".join(f"SET LOCAL {name} = {value}" for name, value in timeouts.items())))


def _postgres(url: str, connections: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _CONNECT_TIMEOUT_S,
            "keepalives": 1,
            "keepalives_idle": _KEEPALIVE_IDLE_S,
            "keepalives_interval": _KEEPALIVE_INTERVAL_S,
            "keepalives_count": _KEEPALIVE_COUNT,
            "tcp_user_timeout": _UNACKNOWLEDGED_MS,
            "application_name": "portfolio",
        },
    )
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: psycopg2.extensions.connection, _record: object) -> None:
    # Not as `options` of the connection: PgBouncer refuses those. Outside a transaction, because a rollback
    # would take the settings back.
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(_SET_SESSION)
    connection.autocommit = False


def _sqlite(url: URL, connections: int) -> Engine:
    if url.database:
        keep_private(Path(url.database))
    engine = create_engine(url, pool_size=connections, max_overflow=0, pool_timeout=_POOL_TIMEOUT_S)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_in_turn(threading.Lock()))
    return engine


def keep_private(file: Path) -> None:
    """Make a SQLite file that its owner alone may read, in a folder that is theirs, or make one so that exists.

    SQLite gives what it writes beside the file the file's own mode.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One that exists is not opened: closing it would drop all locks that this process has on it. The next process to
    # close the database would take itself for the last one, and delete the log that this one goes on writing.
    with contextlib.suppress(OSError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with contextlib.suppress(OSError):  # not ours: opening it says why it cannot be
        for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))):
            if each.is_file():  # a folder that was named by mistake could not be entered any more
                each.chmod(0o600)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions by itself, late and for some statements only.
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_in_turn(turn: threading.Lock) -> Callable[[Connection], None]:
    """Begins a transaction: one that writes in its turn."""

    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(BEGIN) is None:
            connection.exec_driver_sql("BEGIN")
            return
        latest = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
        has_turn = options.get(_IN_TURN, False) and turn.acquire(timeout=_BUSY_TIMEOUT_MS / 1000)
        try:
            _take_write_lock(connection, options[BEGIN], latest)
        finally:
            if has_turn:
                turn.release()

    return begin


def _take_write_lock(connection: Connection, statement: str, latest: float) -> None:
    """Ask for it every half millisecond, until `latest` of the monotonic clock.

    SQLite has no queue: who waits for its lock sleeps, ever longer, and comes too late again and again. Those that wait
    for a turn first wait here one at a time.
    """
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < latest:
            with contextlib.suppress(sqlite3.OperationalError):
                driver.execute(statement)
                return
            time.sleep(_ASK_EVERY_S)
        connection.exec_driver_sql(statement)  # fails in words that are known
    finally:
        driver.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
