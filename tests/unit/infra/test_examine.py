"""What is found in the schema, the database, the disks, Redis and NATS of an installation."""

import errno
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import redis

from portfolio_app.infra.db import examine as database
from portfolio_app.infra.db.migrate import Schema, Unversioned, upgrade
from portfolio_app.infra.examine import check_redis_url, examine_disks, examine_nats, examine_redis
from portfolio_app.infra.mail import SmtpServer, examine_mail
from portfolio_app.settings import Settings
from tests.servers import PostgresServer, nats_server
from tests.unit.launcher.test_doctor import lines


def test_a_folder_that_takes_no_files_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, _: path != tmp_path)
    assert lines(examine_disks([tmp_path / "data"])) == [f"wrong disk: {tmp_path} can't be written to"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (Schema(None, 3), "ok schema: none yet: the next start makes it"),
        (Schema("0017"), "ok schema: 0017, the newest"),
        (Schema("0012", 1), "ok schema: 0012; the next start applies what is missing: 1"),
        (
            Schema("0099", is_known=False, oldest="0015"),
            "warning schema: 0099 of a newer version, which this one may run on",
        ),
        (
            Schema("0099", is_known=False, runs=False),
            "wrong schema: 0099 of a newer version, which this one can't run on",
        ),
    ],
)
def test_the_schema_is_compared_with_what_this_version_knows(schema: Schema, said: str) -> None:
    assert lines(iter([database._examine_schema(schema, [])])) == [said]


def test_a_sqlite_file_is_looked_through(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    upgrade(url)
    whole = lines(database.examine_database(url, 1))
    assert whole[0].endswith("whole, with a journal that readers don't wait for")
    assert whole[1].endswith("the newest")

    (tmp_path / "a.db").write_bytes(b"SQLite format 3\0" + bytes(5_000))
    [broken] = lines(database.examine_database(url, 1))
    assert broken.startswith("wrong database: can't be used: ")


def test_a_table_or_column_that_is_gone_is_named_although_the_schema_is_the_newest(tmp_path: Path) -> None:
    upgrade(url := f"sqlite:///{tmp_path}/a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as file, file:
        file.execute("DROP TABLE reactions")
        file.execute("ALTER TABLE users RENAME COLUMN role TO place")
    *_, said = lines(database.examine_database(url, 1))
    assert re.fullmatch("wrong schema: [0-9]{4}, but without reactions, users.role: restore a backup", said)


def test_tables_without_the_version_of_their_schema_are_no_empty_database(tmp_path: Path) -> None:
    upgrade(url := f"sqlite:///{tmp_path}/a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as file, file:
        file.execute("DROP TABLE alembic_version")
    *_, said = lines(database.examine_database(url, 1))
    assert said.startswith("wrong schema: can't be read: tables of a site are there, and not the version")
    with pytest.raises(Unversioned, match="restore a backup, or name another database"):
        upgrade(url)


@pytest.mark.parametrize(
    "make", [Path.mkdir, lambda path: path.symlink_to("nothing")], ids=["folder", "link"]
)
def test_a_database_that_is_no_file_is_wrong(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.db")
    [said] = lines(database.examine_database(f"sqlite:///{tmp_path}/a.db", 1))
    assert said == f"wrong database: {tmp_path}/a.db is no file: a folder, or a link to nothing"


def test_a_schema_of_two_versions_at_once_is_a_line(tmp_path: Path) -> None:
    upgrade(url := f"sqlite:///{tmp_path}/two.db")
    with closing(sqlite3.connect(tmp_path / "two.db")) as file, file:
        file.execute("INSERT INTO alembic_version VALUES ('0005')")
    *_, said = lines(database.examine_database(url, 1))
    assert said.startswith(
        "wrong schema: can't be read: Version table 'alembic_version' has more than one head"
    )


def test_a_postgresql_server_tells_version_clock_connections_and_schema(postgres: PostgresServer) -> None:
    url = Settings.from_env({"DATABASE_URL": postgres.url}).database_url
    found = lines(database.examine_database(url, 1_000))
    assert found[0].startswith("ok database: PostgreSQL ")
    assert found[1].startswith("ok clock: ")
    assert found[2].startswith("warning connections: this host opens up to 9000; ")
    assert found[2].endswith("too few are left")
    assert found[3].startswith("ok schema: none yet")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"server_version_num": "130004"}, "wrong database: PostgreSQL 16 is too old: 14 or newer is needed"),
        (
            {"server_encoding": "SQL_ASCII"},
            "wrong database: its encoding is SQL_ASCII, and messages need UTF8",
        ),
        (
            {"synchronous_commit": "off"},
            "wrong database: synchronous_commit is off: a crash loses messages that were acknowledged",
        ),
        (
            {"transaction_read_only": "on"},
            (
                "wrong database: PostgreSQL 16 takes no writes: is it a replica? "
                "target_session_attrs=read-write finds the other one"
            ),
        ),
    ],
)
def test_a_server_that_would_lose_or_garble_messages_is_wrong(settings: dict[str, str], said: str) -> None:
    usual = {
        "server_version": "16",
        "server_version_num": "160001",
        "server_encoding": "UTF8",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "transaction_read_only": "off",
    }
    assert lines(iter([database._examine_settings({**usual, **settings})])) == [said]


@pytest.mark.parametrize(
    ("skew", "said"),
    [
        (0.02, "ok clock: 20 ms from the database's"),
        (-4.0, "warning clock: 4.0 s ahead of the database's: let both follow NTP"),
        (3_600.0, "wrong clock: 3600.0 s behind the database's: let both follow NTP"),
    ],
)
def test_clocks_that_are_apart_are_named_with_their_direction(skew: float, said: str) -> None:
    assert lines(iter([database._examine_clock(skew)])) == [said]


def test_redis_answers_or_says_why_not(redis_url: str) -> None:
    assert lines(iter([examine_redis(redis_url)]))[0].startswith("ok redis: Redis ")
    [gone] = lines(iter([examine_redis("redis://:hush@127.0.0.1:1/0")]))
    assert gone.startswith("wrong redis: can't be used: ")
    assert "hush" not in gone


@pytest.mark.parametrize(
    "end", ["127.0.0.1:1/0?socket_timeuot=3", "127.0.0.1:1/0?socket_timeout=x", "a..b/0"]
)
def test_an_address_of_redis_that_can_not_be_used_is_a_line(end: str) -> None:
    [found] = lines(iter([examine_redis(f"redis://:hush@{end}")]))
    assert found.startswith("wrong redis: can't be used: ")
    assert "hush" not in found


def test_a_certificate_that_can_not_be_read_is_named_and_stops_a_start(tmp_path: Path) -> None:
    url = f"rediss://127.0.0.1:1/0?ssl_ca_certs={tmp_path}/none.pem"
    reason = f"ssl_ca_certs: {tmp_path}/none.pem can't be read"
    assert lines([examine_redis(url)]) == [f"wrong redis: can't be used: {reason}"]
    with pytest.raises(ValueError, match=re.escape(reason)):
        check_redis_url(url)


def test_a_sqlite_file_in_somebody_elses_folder_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)  # root may enter every folder
    [line] = lines(database.examine_database(f"sqlite:///{tmp_path}/a.db", 1))
    assert line == f"wrong database: {tmp_path}/a.db can't be looked at: Permission denied"


def test_options_that_sqlite_does_not_take_are_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    [found] = lines(database.examine_database(f"sqlite:///{tmp_path}/a.db?timeout=soon", 1))
    assert found.startswith("wrong database: can't be used: could not convert")


def test_a_nats_that_does_not_answer_is_a_line_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    [found] = lines(iter([examine_nats("nats://site:hush@127.0.0.1:1")]))
    assert found.startswith("wrong nats: can't be used: ")
    assert caplog.records == []


def test_a_mail_server_whose_name_no_host_can_have_is_a_line() -> None:
    [found] = lines(iter([examine_mail(SmtpServer.parse("smtps://me:hush@a..b"))]))
    assert found.startswith("wrong mail: a..b:465 can't be used: ")


@pytest.mark.redis
@pytest.mark.parametrize(
    ("refuses", "takes", "said"),
    [
        (
            "CONFIG SET maxmemory 1",
            "CONFIG SET maxmemory 0",
            r"wrong redis: is full and takes no writes: [\d,]+ of 1 bytes \(maxmemory\)",
        ),
        (
            "REPLICAOF 127.0.0.1 1",
            "REPLICAOF NO ONE",
            r"wrong redis: is a replica and takes no writes: REDIS_URL has to name the primary",
        ),
    ],
)
def test_a_redis_that_can_be_read_and_not_written_is_wrong(
    redis_url: str, refuses: str, takes: str, said: str
) -> None:
    with redis.Redis.from_url(redis_url) as operator:
        operator.execute_command(*refuses.split())
        try:
            [found] = lines(iter([examine_redis(redis_url)]))
        finally:
            operator.execute_command(*takes.split())
    assert re.fullmatch(said, found)


@pytest.mark.skipif(sys.platform != "linux", reason="the server in requirements-dev.in is for Linux")
@pytest.mark.timeout(60)  # its client would try for two minutes by itself
def test_nats_answers_or_says_why_not() -> None:
    with nats_server() as server:
        assert lines(iter([examine_nats(server.url)])) == ["ok nats: answers, and JetStream has 0 streams"]
    [gone] = lines(iter([examine_nats("nats://me:hush@127.0.0.1:1")]))
    assert gone.startswith("wrong nats: can't be used: ")
    assert "hush" not in gone
