"""Backups: all that is committed, in one file that its owner alone may read, made while the site runs or not."""

import contextlib
import errno
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from portfolio_app.infra.db import postgres_tools
from portfolio_app.infra.db.engine import keep_private, parse
from portfolio_app.infra.db.postgres_tools import BackupError

FOLDER: Final = "backups"
_PATIENCE_S: Final = 5
SQLITE_MAGIC: Final = b"SQLite format 3\0"
_NO_LINKS: Final = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}
"""Errors of a disk that has no hard links: exFAT, or a share of SMB, where copies are often kept."""
_SHARED_BYTES: Final = 32 * 1024
_NOTHING_BESIDE: Final = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
DUMP_MAGIC: Final = b"PGDMP"


def back_up(database_url: str, file: Path, *, of_any: bool = False) -> None:
    """Write the database to a new `file`: a SQLite file, or an archive of `pg_dump`.

    One that holds no site is refused unless `of_any`: its name may be mistyped, and the file could not be restored.
    Raises `BackupError` where there is nothing to copy or `file` exists, `OSError` and `sqlite3.Error`.
    """
    if file.exists():
        raise BackupError(f"{file} exists already, and no backup is written over another")
    source = database_file(database_url) if database_url.startswith("sqlite") else None
    with draft_beside(file) as draft:
        if source is not None:
            copy_sqlite(source, draft)
            holds_site = _is_migrated(draft)
        else:
            postgres_tools.dump(database_url, draft)
            holds_site = "alembic_version" in postgres_tools.contents(draft)[0]
        if not holds_site and not of_any:
            raise BackupError("the database that is named holds no site yet")
        _name(draft, file)


def _name(draft: Path, file: Path) -> None:
    """Give the draft its name, unless another backup has taken that one meanwhile."""
    try:
        file.hardlink_to(draft)  # unlike a rename it fails where the name is taken
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        draft.replace(file)


def database_file(database_url: str) -> Path:
    """The file of a SQLite database; `BackupError` where there is none."""
    file = Path(parse(database_url).database or "")
    if not file.is_file():
        raise BackupError(f"there is no database at {file} yet" if file.name else "the database is in memory")
    return file


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy what is committed into `target`, which afterwards is one file without companions."""
    try:
        _copy(source, target)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _NOTHING_BESIDE or _is_open(source):
            raise
        # A full or read-only disk takes no file beside this one, without which SQLite reads no journal of this kind.
        try:
            _copy_apart(source, target)
        except OSError:  # it is the disk of the copy that is full
            raise error from None


def _copy_apart(source: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as apart:
        for end in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(source.with_name(source.name + end), Path(apart) / f"portfolio.db{end}")
        _copy(Path(apart) / "portfolio.db", target)


def _is_open(database: Path) -> bool:
    """Whether anybody may use a database in WAL mode: all who do share a file, which a full disk leaves too short."""
    shared = database.with_name(f"{database.name}-shm")
    return shared.is_file() and shared.stat().st_size >= _SHARED_BYTES


def _copy(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
        contextlib.closing(sqlite3.connect(target)) as written,
    ):
        # In one step: nobody waits for a reader in WAL mode, and a copy in several begins anew with each commit.
        read.backup(written, progress=_patience())
        # The copy is in WAL mode like its source, and would need a writable folder only to be read.
        written.execute("PRAGMA journal_mode = DELETE")


def _patience() -> Callable[[int, int, int], None]:
    """Give a copy up while somebody holds the database for themselves: by itself it tries again for ever."""
    until = time.monotonic() + _PATIENCE_S

    def look(status: int, _left: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise BackupError("another program keeps the database locked")

    return look


def _is_migrated(file: Path) -> bool:
    with contextlib.closing(sqlite3.connect(file)) as copy:
        return bool(copy.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone())


@contextlib.contextmanager
def draft_beside(file: Path) -> Iterator[Path]:
    """An empty file of this process in the folder of `file`, gone afterwards with all that SQLite put beside it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    keep_private(draft)
    try:
        yield draft
    finally:
        for end in ("", "-wal", "-shm", "-journal", ".migrating"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)
