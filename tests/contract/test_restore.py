"""Restoring a file of SQLite: backups that are refused, a damaged database, an earlier schema, a full disk."""

import asyncio
import contextlib
import re
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from portfolio_app import maintenance
from portfolio_app.infra.db.engine import parse
from portfolio_app.infra.db.migrate import upgrade
from portfolio_app.settings import Settings
from tests.contract.test_backup import hidden, post, stored


async def test_what_is_no_backup_is_refused_with_its_reason(fresh_sqlite: str, tmp_path: Path) -> None:
    settings = Settings.from_env({"DATABASE_URL": fresh_sqlite})
    await post(settings, "one")
    whole = maintenance.back_up(settings, tmp_path / "copy").read_bytes()
    (tmp_path / "text").write_text("no backup")
    (tmp_path / "empty").touch()
    (tmp_path / "torn").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "dump").write_bytes(b"PGDMP" + bytes(100))
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE messages (id)")

    for name, reason in (
        ("nowhere", "there is no file"),
        ("text", "neither a SQLite file nor"),
        ("empty", "neither a SQLite file nor"),
        ("torn", "is damaged"),
        ("dump", "DATABASE_URL is for SQLite"),
        ("other", "is not a backup of this site"),
    ):
        with pytest.raises(ValueError, match=reason):
            maintenance.restore(settings, tmp_path / name)
    assert await stored(settings) == ["one"]


def test_over_a_damaged_database_a_restore_says_how_to_make_room(fresh_sqlite: str, tmp_path: Path) -> None:
    settings = Settings.from_env({"DATABASE_URL": fresh_sqlite, "DATA_DIR": str(tmp_path)})
    asyncio.run(post(settings, "one"))
    copy = maintenance.back_up(settings, tmp_path / "copies" / "copy")
    file = Path(parse(settings.database_url).database or "")
    file.write_bytes(b"overwritten" * 1_000)
    advice = f"stop the site, move {file.name} and {file.name}-wal out of {file.parent}, and restore again"
    with pytest.raises(ValueError, match=f"^the present database is damaged .*: {re.escape(advice)}$"):
        maintenance.restore(settings, copy)
    assert file.read_bytes() == b"overwritten" * 1_000
    file.rename(tmp_path / "away")
    maintenance.restore(settings, copy)
    assert asyncio.run(stored(settings)) == ["one"]


async def test_a_backup_of_an_earlier_schema_is_brought_to_this_one(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'old.db'}", "0003")
    settings = Settings.from_env({"DATA_DIR": str(tmp_path / "data #1")})

    assert maintenance.restore(settings, tmp_path / "old.db") is None

    await post(settings, "one")
    assert await stored(settings) == ["one"]


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Nothing in this process can be written beyond `size`, as on a disk that is full."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


async def test_a_full_disk_is_not_taken_for_a_damaged_backup_and_nothing_is_left(
    fresh_sqlite: str, tmp_path: Path
) -> None:
    settings = Settings.from_env({"DATABASE_URL": fresh_sqlite})
    await post(settings, "one")
    copy = maintenance.back_up(settings, tmp_path / "copies" / "copy")

    with files_of_at_most(100_000):
        with pytest.raises(ValueError, match="can't be copied to") as refused:
            maintenance.restore(settings, copy)
        with pytest.raises(sqlite3.Error):
            maintenance.back_up(settings, tmp_path / "copies" / "another")

    assert "damaged" not in str(refused.value)
    assert list(copy.parent.iterdir()) == [copy]
    assert hidden(tmp_path) == []
    assert await stored(settings) == ["one"]
