"""The file `.env`: what is read of it, and the line of what can't be."""

import os
from pathlib import Path

import pytest

from portfolio_app.launcher.commands import main
from portfolio_app.launcher.env_file import load_variables


@pytest.mark.parametrize(
    ("written", "line", "reason"),
    [
        (b"PORT=4000\n# f\xfcr mich\n", 2, "is not UTF-8 text"),
        ("PORT=4000\n".encode("utf-16"), 1, "is not UTF-8 text"),
        (b"PORT=4000\n\nHOST 0.0.0.0\n", 3, "is no line NAME=value, quotes closed"),
        (b"PORT=4000\nHOST=0.0\0.0.0\n", 2, "has a NUL in it"),
        (b"\r\nPORT: 4000\r\n", 2, "is no line NAME=value, quotes closed"),
        (b'DATA_DIR="/srv\nPORT=4000\n', 1, "is no line NAME=value, quotes closed"),
    ],
)
def test_variables_that_can_not_be_read_are_one_line_with_file_and_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    written: bytes,
    line: int,
    reason: str,
) -> None:
    (tmp_path / ".env").write_bytes(written)
    monkeypatch.setattr("portfolio_app.launcher.commands.ROOT", tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    assert main(["serve"]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path}/.env:{line}: {reason}\n"


def test_variables_are_read_behind_a_mark_of_their_encoding_comments_and_export(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.delenv("WORKERS", raising=False)
    monkeypatch.delenv("REPOSITORY_URL", raising=False)
    text = "\ufeffHOST=0.0.0.0\r\n\r\n  # of two\r\nexport WORKERS='2' # here\r\nREPOSITORY_URL=\r\n\t\r\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8", newline="")
    load_variables(tmp_path / ".env")
    assert [os.environ.pop(name) for name in ("HOST", "WORKERS", "REPOSITORY_URL")] == ["0.0.0.0", "2", ""]
