"""PostgreSQL's own programs make its backups: what they are told, and what is said when one is missing or fails."""

import argparse
import os
import re
from pathlib import Path

import pytest

from portfolio_app import maintenance
from portfolio_app.launcher import upkeep
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.settings import Settings
from tests.servers import PostgresServer


@pytest.mark.postgres
def test_an_archive_that_is_restored_and_keeps_its_schema_is_not_called_untouched(
    fresh_postgres: str,
    postgres: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", f"{postgres.programs}{os.pathsep}{os.environ['PATH']}")
    settings = Settings.from_env(
        {"DATABASE_URL": fresh_postgres.replace("+psycopg2", ""), "DATA_DIR": str(tmp_path)}
    )
    copy = maintenance.back_up(settings, tmp_path / "copy")

    def fail(_: str) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("portfolio_app.infra.db.restore.upgrade", fail)
    with pytest.raises(LaunchError) as raised:
        upkeep._restore(settings, argparse.Namespace(file=copy))

    [kept] = (tmp_path / "backups").iterdir()
    assert str(raised.value) == (
        f"{copy} is restored, but can't be brought to the current schema, which the next start tries again: no room;"
        f" what was there before is in {kept}"
    )


def a_program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_no_password_is_in_the_list_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_program(tmp_path, "pg_dump", f'echo "$@" > {tmp_path}/words; echo "$PGPASSWORD" > {tmp_path}/password')
    a_program(tmp_path, "pg_restore", "echo '1; 0 16384 TABLE DATA public alembic_version site'")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    url = "postgresql://site:hush%20hush@db.example:5433/site?sslmode=require"

    maintenance.back_up(Settings.from_env({"DATABASE_URL": url}), tmp_path / "copy")

    assert (tmp_path / "password").read_text() == "hush hush\n"
    words = (tmp_path / "words").read_text()
    assert "postgresql://site@db.example:5433/site?sslmode=require" in words
    assert "hush" not in words


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "pg_dump is not on this machine: install PostgreSQL's client programs"),
        (
            'echo "pg_dump: error: aborting because of server version mismatch" >&2; exit 1',
            "pg_dump: aborting because of server version mismatch",
        ),
        ("exit 3", "pg_dump: it failed without a word"),
    ],
)
def test_programs_that_are_missing_or_fail_are_one_line_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, reason: str
) -> None:
    (tmp_path / "bin").mkdir()
    if script is not None:
        a_program(tmp_path / "bin", "pg_dump", script)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    settings = Settings.from_env({"DATABASE_URL": "postgresql://site@127.0.0.1:1/site"})

    with pytest.raises(ValueError, match=re.escape(reason)):
        maintenance.back_up(settings, tmp_path / "copies" / "copy")

    assert list((tmp_path / "copies").iterdir()) == []
