"""What a person sees after a mistake: one line and an exit code, never a traceback."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio_app.http.content.model import ContentError
from portfolio_app.launcher import serving
from portfolio_app.launcher.burst.site import Site
from portfolio_app.launcher.commands import main
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.toolchain import ROOT
from tests.site import UNSET

pytestmark = pytest.mark.usefixtures("own_environment")


def test_a_wrong_variable_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "web")

    assert main(["serve"]) == 1
    assert capsys.readouterr().err.startswith("error: PORT: ")


@pytest.mark.parametrize(
    ("raised", "code"), [(LaunchError("the reason"), 1), (KeyboardInterrupt(), 0), (None, 0)]
)
def test_the_exit_code_tells_a_failed_start_from_a_stop(
    monkeypatch: pytest.MonkeyPatch, raised: BaseException | None, code: int
) -> None:
    def serve(_: object) -> None:
        if raised is not None:
            raise raised

    monkeypatch.setattr(serving, "serve", serve)

    assert main(["serve"]) == code


@pytest.mark.parametrize(
    ("command", "work"),
    [
        (["backup"], "maintenance.back_up"),
        (["restore", "a.db"], "maintenance.restore"),
        (["migrate"], "maintenance.migrate"),
        (["promote", "ada"], "maintenance.promote"),
        (["user", "disable", "ada"], "maintenance.disable"),
    ],
)
def test_a_command_that_was_stopped_half_way_says_so_and_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str], work: str
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"portfolio_app.{work}", stopped)

    assert main(command) == 130
    assert capsys.readouterr().err == f"error: {command[0]} was stopped before it was done\n"


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES])
def test_a_disk_that_takes_nothing_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    def serve(_: object) -> None:
        raise OSError(number, "the reason", "/data/logs/frontend-build.log")

    monkeypatch.setattr(serving, "serve", serve)

    assert main(["serve"]) == 1
    assert capsys.readouterr().err == "error: /data/logs/frontend-build.log: the reason\n"


def test_a_backup_and_what_is_restored_are_named_and_what_can_not_be_done_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "portfolio.db"
    assert main(["backup"]) == 1
    assert capsys.readouterr().err == f"error: no backup was made: there is no database at {missing} yet\n"

    assert main(["migrate"]) == 0
    assert main(["backup"]) == 0
    [copy] = (tmp_path / "backups").iterdir()
    assert capsys.readouterr().out == f"wrote {copy}\n"
    assert main(["backup", str(copy)]) == 1
    assert main(["restore", str(tmp_path / "none")]) == 1
    assert [line.split(": ")[1] for line in capsys.readouterr().err.splitlines()] == [
        "no backup was made",
        "the database stays as it is",
    ]

    assert main(["restore", str(copy)]) == 0
    said, kept = capsys.readouterr().out.splitlines()
    assert said == f"restored {copy}; open tabs read their rooms anew"
    assert Path(kept.removeprefix("what was there before is in ")).is_file()


@pytest.mark.parametrize("command", ["serve", "build", "dev"])
def test_wrong_content_is_one_line_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    def content() -> None:
        raise ContentError(Path.cwd() / "work/x.md", 3, "date: Field required")

    monkeypatch.setattr("portfolio_app.launcher.commands.content", content)

    assert main([command]) == 1
    assert capsys.readouterr().err == "error: work/x.md:3: date: Field required\n"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("size", wrong) for wrong in ("9", "5001", "-1")),
        *(("workers", wrong) for wrong in ("0", "65")),
        *(("mode", wrong) for wrong in ("", "NOOP", "delete")),
        *(
            ("url", wrong)
            for wrong in ("site", "ftp://x", "http://", "http://x:99999", "http://[::1", "http://x:y")
        ),
    ],
)
def test_a_wrong_option_of_a_burst_is_one_line_that_names_it(
    capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert main(["burst", f"--{option}={value}"]) == 2
    assert capsys.readouterr().err.startswith(f"error: --{option}: ")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTP://LocalHost:3000/chat?x#y", "http://localhost:3000"),
        ("https://user:secret@site.example:443", "https://site.example"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_is_taken_as_the_origin_that_the_site_knows(url: str, origin: str) -> None:
    assert Site.at(url).url == origin


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    listed = capsys.readouterr().out
    assert all(name in listed for name in ("serve", "dev", "build", "migrate", "promote", "demote"))


def test_a_missing_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])

    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["promote", "ada"],
        ["demote", "ada"],
        ["user", "reset", "ada"],
        ["room", "raise", "lobby"],
        ["views"],
        ["backup"],
        ["migrate", "--down-to", "0015"],
    ],
)
def test_a_command_makes_no_database_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main(command) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith(f": there is no database at {tmp_path / 'portfolio.db'} yet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "what_to_do"),
    [
        (lambda file: file.write_bytes(b"words\n" * 999), "file is not a database: restore a backup"),
        (lambda file: os.truncate(file, 30_000), "database disk image is malformed: restore a backup"),
        (lambda file: os.truncate(file, 0), "no such table: users: doctor says what the database lacks"),
    ],
)
def test_a_damaged_or_empty_database_is_a_line_with_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, spoil: Callable[[Path], object], what_to_do: str
) -> None:
    assert main(["migrate"]) == 0
    spoil(tmp_path / "portfolio.db")
    assert main(["promote", "ada"]) == 1
    assert capsys.readouterr().err == f"error: the role stays as it was: {what_to_do}\n"


@pytest.mark.parametrize("command", [["promote", "ada"], ["room", "raise", "lobby"]])
def test_a_database_that_is_away_is_one_line(command: list[str]) -> None:
    # In a process of its own: pytest would capture log records that no handler of the command takes.
    away = {"DATABASE_URL": "postgresql://ada@127.0.0.1:1/site"}
    ended = subprocess.run(
        [sys.executable, "-m", "portfolio_app", *command],
        cwd=ROOT,
        env=os.environ | UNSET | away,
        capture_output=True,
        text=True,
        check=False,
    )
    [line] = ended.stderr.splitlines()
    assert (ended.returncode, line.startswith("error: "), "refused" in line) == (1, True, True)


def test_page_views_are_printed_with_the_most_viewed_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["views"]) == 1
    assert capsys.readouterr().err.startswith("error: the counts can't be read: ")
    assert main(["migrate"]) == 0
    rows = [("/", 4), ("/writing", 12)]
    with sqlite3.connect(tmp_path / "portfolio.db") as database:
        database.executemany("INSERT INTO page_views VALUES (date('now'), ?, ?)", rows)
    assert main(["views"]) == 0
    head, first, second, off = capsys.readouterr().out.splitlines()
    assert (head.split()[-1], first.split(), second.split()[-2:]) == (
        "page",
        ["12", "12", "12", "/writing"],
        ["4", "/"],
    )
    assert off == "nothing is counted now: PAGE_VIEWS is off"
    monkeypatch.setenv("PAGE_VIEWS", "on")
    assert main(["views"]) == 0
    assert "off" not in capsys.readouterr().out


def test_a_site_in_service_does_without_the_frameworks_check_of_names() -> None:
    code = """
import runpy, sys
sys.argv = ["portfolio_app", "--help"]
try:
    runpy.run_module("portfolio_app", run_name="__main__")
except SystemExit:
    from reflex.state import BaseState
    assert "__setattr__" not in vars(BaseState)
else:
    raise AssertionError("the commands were not run")
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
