"""Backups are whole, a restored room starts its tabs over, and nothing else is taken for a backup."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from portfolio_app import maintenance
from portfolio_app.app.chat.read_room import CATCH_UP_LIMIT, CatchUp
from portfolio_app.infra.db.backup import BackupError, back_up
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.restore import LEAP
from portfolio_app.settings import Settings
from tests.contract.conftest import DATABASES
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.samples import LOBBY, draft

KILLED = """
import os, sqlite3, sys
site = sqlite3.connect(sys.argv[1])
site.execute("PRAGMA journal_mode = WAL")
site.execute("UPDATE rooms SET title = 'In the journal'")
site.commit()
os.kill(os.getpid(), 9)
"""


@pytest.fixture(params=DATABASES)
def settings(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A site on a migrated database of each kind, with the programs of the server's own version."""
    if request.param == "postgres":
        programs = request.getfixturevalue("postgres").programs
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    url = request.getfixturevalue(f"fresh_{request.param}").replace("+psycopg2", "")
    return Settings.from_env({"DATABASE_URL": url, "DATA_DIR": str(tmp_path)})


def hidden(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if path.is_file()]


async def post(settings: Settings, *bodies: str) -> None:
    database = Database(settings.database_url, FakeClock())
    journal = database.journal(FakeBus())
    await journal.start()
    for body in bodies:
        await journal.append(draft(FakeClock(), body))
    await journal.stop()
    database.close()


async def stored(settings: Settings) -> list[str]:
    database = Database(settings.database_url, FakeClock())
    found = await database.unit_of_work.run(lambda r: r.messages.changes_after(LOBBY, 0, 1_000))
    database.close()
    return [str(message.body) for message in found]


async def test_a_restored_database_is_what_it_was_and_what_it_replaced_is_kept(
    settings: Settings, tmp_path: Path
) -> None:
    await post(settings, "one", "two")
    copy = maintenance.back_up(settings, tmp_path / "copies" / "copy")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert list(copy.parent.iterdir()) == [copy]
    await post(settings, "three")

    replaced = maintenance.restore(settings, copy)

    assert await stored(settings) == ["one", "two"]
    await post(settings, "after")
    assert await stored(settings) == ["one", "two", "after"]
    assert replaced is not None
    maintenance.restore(settings, replaced)
    assert await stored(settings) == ["one", "two", "three"]
    assert hidden(tmp_path) == []


async def test_a_tab_that_saw_what_is_gone_reads_its_restored_room_anew(
    settings: Settings, tmp_path: Path
) -> None:
    await post(settings, "kept")
    copy = maintenance.back_up(settings, tmp_path / "copy")
    await post(settings, *(f"lost {number}" for number in range(5)))
    maintenance.restore(settings, copy)
    await post(settings, "new")

    database = Database(settings.database_url, FakeClock())
    catch_up = CatchUp(database.unit_of_work)
    seen = [await catch_up(str(LOBBY), revision) for revision in (1, 6, LEAP - CATCH_UP_LIMIT)]
    after = await catch_up(str(LOBBY), LEAP + 1)
    database.close()
    assert seen == [None, None, None]
    assert after is not None
    assert [str(message.body) for message in after.messages] == ["new"]


async def test_revisions_are_never_given_again_however_often_something_is_restored(
    settings: Settings, tmp_path: Path
) -> None:
    await post(settings, "kept")
    copy = maintenance.back_up(settings, tmp_path / "copy")
    await post(settings, "lost")
    file: Path | None = copy
    seen = []
    for body in ("between", "between again", "and again"):
        assert file is not None
        replaced = maintenance.restore(settings, file)
        seen.append(await revision_of_the_lobby(settings))
        await post(settings, body, f"{body}, and more")
        seen.append(await revision_of_the_lobby(settings))
        # The one before is taken back, then the first backup is restored once more.
        file = replaced if file == copy else copy
    assert [after - before for before, after in pairwise(seen)] == [2, LEAP, 2, LEAP, 2]


async def revision_of_the_lobby(settings: Settings) -> int:
    """Of the last change in it."""
    database = Database(settings.database_url, FakeClock())
    rooms = await database.unit_of_work.run(lambda repositories: repositories.rooms.all())
    database.close()
    return next(room.revision for room in rooms if room.slug == LOBBY)


async def test_nothing_is_restored_or_taken_back_under_a_running_site(
    settings: Settings, tmp_path: Path
) -> None:
    await post(settings, "one")
    copy = maintenance.back_up(settings, tmp_path / "copy")
    site = Database(settings.database_url, FakeClock())
    await site.unit_of_work.run(lambda repositories: repositories.rooms.all())

    with pytest.raises(ValueError, match="the site is running"):
        maintenance.restore(settings, copy)
    with pytest.raises(Exception, match="the site is running"):
        maintenance.migrate_down(settings, "0015")

    site.close()
    assert await stored(settings) == ["one"]
    maintenance.migrate_down(settings, "0015")
    with pytest.raises(ValueError, match="the schema is 0015, which is before 0016"):
        maintenance.migrate_down(settings, "0016")


async def test_a_backup_is_not_written_over_another(settings: Settings, tmp_path: Path) -> None:
    copy = maintenance.back_up(settings, tmp_path / "copy")
    before = copy.read_bytes()
    with pytest.raises(ValueError, match="exists already"):
        maintenance.back_up(settings, copy)
    assert copy.read_bytes() == before


@pytest.mark.parametrize(
    ("code", "left"),
    [(sqlite3.SQLITE_CANTOPEN, None), (sqlite3.SQLITE_IOERR, b"xyz")],
    ids=["read-only", "full"],
)
def test_a_disk_that_takes_no_file_beside_the_database_is_no_reason_for_no_backup(
    fresh_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, left: bytes | None
) -> None:
    source, shared = tmp_path / "portfolio.db", tmp_path / "portfolio.db-shm"
    subprocess.run([sys.executable, "-c", KILLED, str(source)], check=False)
    assert source.with_name("portfolio.db-wal").stat().st_size > 0
    shared.unlink()
    if left is not None:
        shared.write_bytes(left)
    connect = sqlite3.connect

    def on_such_a_disk(database: object, **options: Any) -> sqlite3.Connection:
        if str(source) in str(database):
            failed = sqlite3.OperationalError("as the disk has it")
            failed.sqlite_errorcode = code
            raise failed
        return connect(str(database), **options)

    monkeypatch.setattr("sqlite3.connect", on_such_a_disk)
    back_up(fresh_sqlite, file := tmp_path / "elsewhere" / "copy.db")
    monkeypatch.undo()
    with closing(connect(file)) as copy:
        assert copy.execute("SELECT DISTINCT title FROM rooms").fetchall() == [("In the journal",)]
    assert list(file.parent.iterdir()) == [file]


def test_a_database_that_another_program_keeps_for_itself_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite tries again for ever, and listens to no signal meanwhile."""
    monkeypatch.setattr("portfolio_app.infra.db.backup._PATIENCE_S", 0.1)
    file, copy = tmp_path / "portfolio.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BackupError, match="another program keeps the database locked"):
            back_up(f"sqlite:///{file}", copy)
    assert list(tmp_path.iterdir()) == [file]


async def test_no_backup_is_made_of_a_database_without_a_site(settings: Settings, tmp_path: Path) -> None:
    engine = open_engine(settings.database_url, connections=1)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()
    with pytest.raises(ValueError, match="holds no site yet"):
        maintenance.back_up(settings, tmp_path / "copies/copy")
    assert list((tmp_path / "copies").iterdir()) == []


@pytest.mark.parametrize(
    ("revision", "words"), [("'9999'", "newer version of the site"), ("''", "not a backup of this site")]
)
async def test_a_backup_of_a_newer_site_or_another_one_is_refused(
    settings: Settings, tmp_path: Path, revision: str, words: str
) -> None:
    await post(settings, "one")
    copy = tmp_path / "copy"
    database = Database(settings.database_url, FakeClock())
    with database.engine.begin() as connection:
        head = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = {revision}")
    maintenance.back_up(settings, copy)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{head}'")
    database.close()

    with pytest.raises(ValueError, match=words):
        maintenance.restore(settings, copy)

    assert await stored(settings) == ["one"]
