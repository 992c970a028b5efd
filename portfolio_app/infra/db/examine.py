"""Examines the database as an operator would: it changes nothing, and makes nothing where there is none."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from portfolio_app.infra.db.engine import open_engine, parse
from portfolio_app.infra.db.lacking import lacking
from portfolio_app.infra.db.migrate import Schema, Unversioned, schema_of
from portfolio_app.infra.db.unit_of_work import THREADS
from portfolio_app.infra.findings import Finding, first_line, ok, warning, wrong

SKEW_WARNING_S: Final = 1.0
SKEW_WRONG_S: Final = 30.0
"""Tickets live for seconds: with clocks further apart nobody can sign in at some of the hosts."""
_OLDEST_POSTGRES: Final = 140_000
_DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
_SHOWN: Final = (
    "server_version", "server_version_num", "server_encoding", "max_connections", "transaction_read_only",
)  # fmt: skip


def examine_database(database_url: str, workers: int) -> Iterator[Finding]:
    """Findings on the server or file, its settings, clock, connections and schema."""
    url = parse(database_url)
    is_file = url.get_backend_name() == "sqlite"
    try:
        file = Path(url.database or "")
        if is_file and not file.is_file():
            if file.exists() or file.is_symlink():
                yield wrong("database", f"{file} is no file: a folder, or a link to nothing")
            else:
                yield ok("database", f"none yet: the first start makes {file}")
            return
    except OSError as error:  # a folder of somebody else's
        yield wrong("database", f"{url.database} can't be looked at: {error.strerror}")
        return
    try:
        engine = open_engine(database_url, connections=1)
    except (TypeError, ValueError) as error:  # an option that the driver does not take
        yield wrong("database", f"can't be used: {first_line(error)}")
        return
    try:
        with engine.connect() as connection:
            yield from _examine_file(connection) if is_file else _examine_server(connection, workers)
            schema = schema_of(connection)
            is_newest = schema.applied is not None and schema.is_known and not schema.missing
            yield _examine_schema(schema, lacking(connection) if is_newest else [])
    except (CommandError, Unversioned) as error:
        yield wrong("schema", f"can't be read: {first_line(error)}")
    except SQLAlchemyError as error:
        yield wrong("database", f"can't be used: {first_line(getattr(error, 'orig', None) or error)}")
    finally:
        engine.dispose()


def _examine_file(connection: Connection) -> Iterator[Finding]:
    verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if verdict != "ok":
        yield wrong("database", f"the file is damaged: {verdict}")
        return
    journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    if journal != "wal":
        yield wrong(
            "database", f"the journal is {journal} instead of wal: is the folder on a network's disk?"
        )
        return
    yield ok("database", f"SQLite {version}, whole, with a journal that readers don't wait for")


def _examine_server(connection: Connection, workers: int) -> Iterator[Finding]:
    asked_at = time.time()
    at = float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    skew = at - (asked_at + time.time()) / 2
    shown = connection.execute(
        text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)"),
        {"names": [*_DURABLE, *_SHOWN]},
    )
    settings: dict[str, str] = {row.name: row.setting for row in shown}
    yield _examine_settings(settings)
    yield _examine_clock(skew)
    yield _examine_connections(connection, int(settings["max_connections"]), workers)


def _examine_settings(settings: dict[str, str]) -> Finding:
    version = f"PostgreSQL {settings['server_version']}"
    if int(settings["server_version_num"]) < _OLDEST_POSTGRES:
        return wrong("database", f"{version} is too old: 14 or newer is needed")
    if settings["server_encoding"] != "UTF8":
        return wrong("database", f"its encoding is {settings['server_encoding']}, and messages need UTF8")
    if settings["transaction_read_only"] == "on":
        words = (
            f"{version} takes no writes: is it a replica? target_session_attrs=read-write finds the other one"
        )
        return wrong("database", words)
    if unsafe := [name for name in _DURABLE if settings[name] == "off"]:
        return wrong("database", f"{', '.join(unsafe)} is off: a crash loses messages that were acknowledged")
    return ok("database", f"{version}, durable")


def _examine_clock(skew: float) -> Finding:
    if abs(skew) < SKEW_WARNING_S:
        return ok("clock", f"{abs(skew) * 1_000:.0f} ms from the database's")
    words = f"{abs(skew):.1f} s {'behind' if skew > 0 else 'ahead of'} the database's: let both follow NTP"
    return (wrong if abs(skew) >= SKEW_WRONG_S else warning)("clock", words)


def _examine_connections(connection: Connection, most: int, workers: int) -> Finding:
    used = connection.execute(
        text("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
    ).scalar_one()
    reserved = connection.execute(text("SHOW superuser_reserved_connections")).scalar_one()
    needed = workers * (THREADS + 1)
    free = most - int(reserved) - int(used) + 1
    words = f"this host opens up to {needed}; the server allows {most}, {used} are open"
    return (
        ok("connections", words) if free >= needed else warning("connections", f"{words}: too few are left")
    )


def _examine_schema(schema: Schema, missed: Sequence[str]) -> Finding:
    if missed:
        words = f"{schema.applied}, but without {', '.join(missed)}: restore a backup"
        return wrong("schema", words)
    match schema:
        case Schema(applied=None):
            return ok("schema", "none yet: the next start makes it")
        case Schema(missing=0, is_known=True):
            return ok("schema", f"{schema.applied}, the newest")
        case Schema(is_known=True):
            return ok("schema", f"{schema.applied}; the next start applies what is missing: {schema.missing}")
        case Schema(runs=True):
            return warning("schema", f"{schema.applied} of a newer version, which this one may run on")
    return wrong("schema", f"{schema.applied} of a newer version, which this one can't run on")
