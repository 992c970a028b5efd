"""Puts a backup in the place of the database, so that open tabs read their rooms anew."""

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import text

from portfolio_app.infra.db import postgres_tools
from portfolio_app.infra.db.backup import (
    DUMP_MAGIC,
    SQLITE_MAGIC,
    back_up,
    copy_sqlite,
    draft_beside,
)
from portfolio_app.infra.db.engine import open_engine, parse
from portfolio_app.infra.db.migrate import knows, one_starter, upgrade
from portfolio_app.infra.db.postgres_tools import BackupError

LEAP: Final = 100_000_000
"""Revisions that each room skips, from the last one that any room had in the backup or in what it replaces.

Tabs that saw what came after the backup count from there: the revisions to come must not be among those they have, and
whoever is more than 500 behind reads the room anew. A leap from those of the backup alone would come twice to the same
revisions when a restore is taken back, or made once more.
"""
_OTHERS: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'portfolio' AND pid <> pg_backend_pid()"
)
_ENDING_S: Final = 3.0
"""The server's processes for a site that was just stopped end a moment after it."""
_FURTHEST: Final = "SELECT coalesce(max(revision), 0) FROM rooms"
_OURS: Final = {"alembic_version", "rooms", "messages", "sessions"}
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_MAGIC: Final = {SQLITE_MAGIC: "sqlite", DUMP_MAGIC: "postgresql"}


class NotUpgraded(Exception):
    """The backup is in the place of the database, and still has the schema that it was made with.

    `replaced` holds what was there before, None for an empty one.
    """

    def __init__(self, replaced: Path | None) -> None:
        super().__init__("restored, but not brought to the current schema")
        self.replaced = replaced


def restore(database_url: str, file: Path, replaced: Path) -> bool:
    """Put the backup `file` in the place of the database; what was there is in `replaced` then, if anything was.

    Brings it to the newest schema. All or nothing. Raises `BackupError` for a file that is not a backup of this site,
    or of a newer version of it, and while the site runs; `OSError`, `sqlite3.Error`. Raises `NotUpgraded` where an
    archive is restored and keeps its schema.
    """
    of_sqlite = database_url.startswith("sqlite")
    kind = _kind(file)
    if (kind == "sqlite") != of_sqlite:
        holds = {"sqlite": "a SQLite file", "postgresql": "an archive of pg_dump"}[kind]
        raise BackupError(
            f"{file} is {holds}, and DATABASE_URL is for {'SQLite' if of_sqlite else 'PostgreSQL'}"
        )
    return (_restore_file if of_sqlite else _restore_archive)(database_url, file, replaced)


def _kind(file: Path) -> str:
    if not file.is_file():
        raise BackupError(f"there is no file {file}")
    with file.open("rb") as opened:
        begin = opened.read(len(SQLITE_MAGIC))
    for magic, kind in _MAGIC.items():
        if begin.startswith(magic):
            return kind
    raise BackupError(f"{file} is neither a SQLite file nor an archive of pg_dump")


def _restore_file(database_url: str, file: Path, replaced: Path) -> bool:
    target = Path(parse(database_url).database or "")
    with draft_beside(target) as draft:
        try:
            copy_sqlite(file, draft)
            _check_file(file, draft)
        except sqlite3.DatabaseError as error:
            # A full disk is none of the file's faults.
            if error.sqlite_errorcode & 0xFF not in _DAMAGED:
                raise BackupError(f"{file} can't be copied to {target.parent}: {error}") from error
            raise BackupError(f"{file} is damaged: {error}") from error
        upgrade(f"sqlite:///{quote(str(draft))}")
        with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        # A site that starts now waits, and opens the restored file.
        with one_starter(target):
            return _swap(database_url, draft, target, replaced)


def _swap(database_url: str, draft: Path, target: Path, replaced: Path) -> bool:
    had_one = target.is_file() and target.stat().st_size > 0
    furthest = _kept(database_url, target, replaced) if had_one else 0
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.execute(_leap(furthest))
    draft.replace(target)
    return had_one


def _kept(database_url: str, target: Path, replaced: Path) -> int:
    """Keep the present database as `replaced`; returns the last revision of any of its rooms."""
    try:
        _end_journal(target)
        back_up(database_url, replaced, of_any=True)
        return _furthest(target)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in _DAMAGED:
            raise
        # A damaged file can't be asked for the lock of a running site: the operator has to stop that.
        away = f"stop the site, move {target.name} and {target.name}-wal out of {target.parent}, and restore again"
        raise BackupError(f"the present database is damaged ({error}): {away}") from error


def _furthest(target: Path) -> int:
    with contextlib.closing(sqlite3.connect(target)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'rooms'").fetchone():
            return 0
        return int(connection.execute(_FURTHEST).fetchone()[0])


def _leap(furthest: int, rooms: str = "rooms") -> str:
    # Each of the values is one of ours.
    return f"UPDATE {rooms} SET revision = {LEAP} + CASE WHEN revision > {furthest} THEN revision ELSE {furthest} END"  # noqa: S608


def _end_journal(target: Path) -> None:
    """Take back what lies beside the file, which SQLite does only for who is alone with it."""
    with contextlib.closing(sqlite3.connect(target, timeout=0.5, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise BackupError(f"the site is running on {target}: stop it first") from error


def _check_file(file: Path, draft: Path) -> None:
    with contextlib.closing(sqlite3.connect(draft)) as connection:
        [(verdict,), *_] = connection.execute("PRAGMA quick_check(1)").fetchall()
        if verdict != "ok":
            raise BackupError(f"{file} is damaged: {verdict}")
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        }
        found = None
        if "alembic_version" in tables:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    _check(file, tables, found[0] if found else None)


def _check(file: Path, tables: set[str], revision: str | None) -> None:
    if not revision or not tables >= _OURS:
        raise BackupError(f"{file} is not a backup of this site")
    if not knows(revision):
        raise BackupError(f"{file} was made by a newer version of the site (its schema is {revision})")


def _restore_archive(database_url: str, file: Path, replaced: Path) -> bool:
    _check(file, *postgres_tools.contents(file))
    had_one, furthest = _unused(database_url)
    if had_one:
        back_up(database_url, replaced, of_any=True)
    with draft_beside(replaced) as script:
        postgres_tools.load(database_url, file, script, _leap(furthest, "public.rooms"))
    try:
        upgrade(database_url)
    except Exception as error:
        raise NotUpgraded(replaced if had_one else None) from error
    return had_one


def check_stopped(database_url: str) -> None:
    """Raise `BackupError` while a site runs on the database, on this host or another."""
    if database_url.startswith("sqlite"):
        _end_journal(Path(parse(database_url).database or ""))
    else:
        _unused(database_url)


def _unused(database_url: str) -> tuple[bool, int]:
    """Whether the database holds a site, and the last revision in it; `BackupError` while one is connected."""
    engine = open_engine(database_url, connections=1)
    try:
        with engine.connect() as connection:
            holds = connection.scalar(text("SELECT to_regclass('public.alembic_version') IS NOT NULL"))
            has_rooms = connection.scalar(text("SELECT to_regclass('public.rooms') IS NOT NULL"))
            furthest = connection.scalar(text(_FURTHEST)) if has_rooms else 0
            latest = time.monotonic() + _ENDING_S
            while (others := connection.scalar(text(_OTHERS)) or 0) and time.monotonic() < latest:
                connection.rollback()  # a transaction sees the connections of its beginning
                time.sleep(0.05)
    finally:
        engine.dispose()
    if others:
        raise BackupError(
            f"the site is running: {others} connections to the database are its own. Stop it first"
        )
    return bool(holds), int(furthest or 0)
