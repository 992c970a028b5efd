"""The settings under which SQLite keeps what it acknowledged, and which errors get a second try."""

import errno
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from portfolio_app.infra.db import engine as engines
from portfolio_app.infra.db.backup import back_up
from portfolio_app.infra.db.engine import for_writing, open_engine
from portfolio_app.infra.db.faults import is_transient
from portfolio_app.infra.db.postgres_tools import BackupError
from portfolio_app.settings import Settings


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("cache_size", -256),
    ],
)
def test_every_sqlite_connection_is_set_up(tmp_path: Path, pragma: str, value: object) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}", connections=2)

    with engine.connect() as first, engine.connect() as second:
        answers = [each.execute(text(f"PRAGMA {pragma}")).scalar() for each in (first, second)]
    engine.dispose()

    assert answers == [value, value]


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_backup_is_written_to_a_disk_without_hard_links_and_never_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "not on this disk")

    monkeypatch.setattr("os.link", refuse)
    source, copy = tmp_path / "a.db", tmp_path / "copies" / "a.db"
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("CREATE TABLE t (x INTEGER)")

    back_up(f"sqlite:///{source}", copy, of_any=True)

    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("t",)]
    assert modes(copy.parent) == {"copies": 0o700, "a.db": 0o600}
    with pytest.raises(BackupError, match="exists already"):
        back_up(f"sqlite:///{source}", copy, of_any=True)


def test_a_folder_in_the_place_of_a_database_stays_as_open_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    engine = open_engine(f"sqlite:///{tmp_path}", connections=1)

    with pytest.raises(OperationalError):
        engine.connect()

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_nobody_else_may_read_a_database_its_companions_and_its_backups(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'a.db'}"
    engine = open_engine(url, connections=1)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
        connection.execute(text("INSERT INTO t VALUES (7)"))
    copy = tmp_path / "data" / "backups" / "a.db"
    back_up(url, copy, of_any=True)

    assert modes(tmp_path / "data") == {
        "data": 0o700,
        "a.db": 0o600,
        "a.db-wal": 0o600,
        "a.db-shm": 0o600,
        "backups": 0o700,
    }
    assert modes(copy.parent) == {"backups": 0o700, "a.db": 0o600}
    engine.dispose()
    with closing(sqlite3.connect(copy)) as copied:
        assert copied.execute("SELECT x FROM t").fetchall() == [(7,)]


def test_a_database_that_others_could_read_is_theirs_no_longer(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    with closing(sqlite3.connect(file)) as old:
        old.execute("PRAGMA journal_mode = WAL")
        old.execute("CREATE TABLE t (x INTEGER)")
        for path in tmp_path.iterdir():
            path.chmod(0o644)
        open_engine(f"sqlite:///{file}", connections=1).dispose()
        assert {mode for name, mode in modes(tmp_path).items() if name.startswith("a.db")} == {0o600}


def test_a_reader_does_not_wait_for_a_writer_but_a_second_writer_does(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}", connections=3)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))

    with for_writing(engine).begin() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        with engine.connect() as reader:
            assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
        impatient = sqlite3.connect(tmp_path / "a.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            impatient.execute("BEGIN IMMEDIATE")
        impatient.close()
    engine.dispose()


class DriverError(Exception):
    """What psycopg2 raises, as far as it matters here."""

    def __init__(self, message: str, pgcode: str | None = None) -> None:
        super().__init__(message)
        self.pgcode = pgcode


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (OperationalError("", {}, DriverError("x", "40001")), True),
        (OperationalError("", {}, DriverError("x", "40P01")), True),
        (OperationalError("", {}, DriverError("x", "55P03")), False),
        (OperationalError("", {}, DriverError("x", "57014")), False),
        (OperationalError("", {}, sqlite3.OperationalError("database is locked")), True),
        (OperationalError("", {}, sqlite3.OperationalError("database or disk is full")), False),
        (OperationalError("", {}, DriverError("gone"), connection_invalidated=True), True),
        (InterfaceError("", {}, DriverError("gone"), connection_invalidated=True), True),
        (IntegrityError("", {}, DriverError("x", "23505")), False),
        (ValueError("database is locked"), False),
    ],
)
def test_only_what_can_succeed_at_once_is_tried_again(error: Exception, transient: bool) -> None:
    assert is_transient(error) is transient


def test_a_path_may_have_characters_of_a_url_in_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "was?ja=1#50%")
    engine = open_engine(settings.database_url, connections=1)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    engine.dispose()

    assert (tmp_path / "was?ja=1#50%" / "portfolio.db").is_file()


def test_of_those_who_wait_in_turn_one_asks_for_the_lock_and_who_waits_asks_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself would let them sleep up to a tenth of a second, and others come first."""
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}", connections=6)
    asking: dict[int, int] = {}
    is_asked = threading.Event()
    pause = time.sleep

    def note(seconds: float) -> None:
        asking[threading.get_ident()] = asking.get(threading.get_ident(), 0) + 1
        if min(asking.values()) > 40 and len(asking) == expected:
            is_asked.set()
        assert seconds <= 0.001
        pause(seconds)

    def write(*, in_turn: bool) -> None:
        with for_writing(engine, in_turn=in_turn).begin() as connection:
            connection.execute(text("SELECT 1"))

    monkeypatch.setattr(engines.time, "sleep", note)
    for in_turn, expected in ((True, 1), (False, 4)):
        asking.clear()
        is_asked.clear()
        with ThreadPoolExecutor(4) as pool:
            with for_writing(engine).begin():
                waiting = [pool.submit(write, in_turn=in_turn) for _ in range(4)]
                assert is_asked.wait(30)
                assert len(asking) == expected
            for each in waiting:
                each.result(30)
    engine.dispose()


def test_who_waits_for_the_lock_in_vain_is_refused_and_waits_as_ever_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_BUSY_TIMEOUT_MS", 50)
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}", connections=2)
    with for_writing(engine).begin():
        for in_turn in (True, True, False):
            with (
                for_writing(engine, in_turn=in_turn).connect() as connection,
                pytest.raises(OperationalError, match="locked"),
            ):
                connection.execute(text("SELECT 1"))
    with for_writing(engine, in_turn=True).begin() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 50
    engine.dispose()


def test_an_engine_that_is_opened_later_leaves_the_first_one_its_locks(tmp_path: Path) -> None:
    file = tmp_path / "portfolio.db"
    url, wal = f"sqlite:///{file}", file.with_name(f"{file.name}-wal")
    first = open_engine(url, connections=1)
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE notes (words TEXT)"))
    open_engine(url, connections=1).dispose()
    # Another process takes itself for the last one, and deletes the log that the first one still writes into.
    command = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM notes').fetchall()"
    subprocess.run([sys.executable, "-c", command, str(file)], check=True)
    assert wal.exists()
    with first.begin() as connection:
        connection.execute(text("INSERT INTO notes VALUES ('kept')"))
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT words FROM notes").fetchall() == [("kept",)]
    first.dispose()
