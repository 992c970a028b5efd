"""A copy of a SQLite database, made while the site runs."""

import contextlib
import sqlite3
from datetime import datetime
from pathlib import Path

from portfolio_app.infra.db.engine import keep_private, parse

FOLDER = "backups"


def back_up(database_url: str, at: datetime) -> Path:
    """Write all that is committed to a new file beside the database, which its owner alone may read; returns it.

    Raises `LookupError` where there is no SQLite file, `OSError` and `sqlite3.Error`.
    """
    database = Path(parse(database_url).database or "")
    if not database_url.startswith("sqlite") or not database.is_file():
        raise LookupError(database_url)
    copy = database.parent / FOLDER / f"{database.stem}-{at:%Y%m%dT%H%M%S}.db"
    keep_private(copy)
    with (
        contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy
