"""Scripts are few, and each says why it has to run in the browser."""

from pathlib import Path

import pytest

from portfolio_app.http.build import browser_files
from portfolio_app.http.build.browser_files import ASSETS, HTTP

MOST_LINES = 2_600
WHY = "// In the browser because "
SCRIPTS = sorted(
    file for folder in (HTTP, ASSETS) for file in folder.rglob("*") if file.suffix in (".js", ".jsx", ".mjs")
)


def test_there_are_few_lines_of_script() -> None:
    lines = {file.name: len(file.read_text().splitlines()) for file in SCRIPTS}
    assert 0 < sum(lines.values()) <= MOST_LINES, lines


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_the_first_line_of_a_script_says_why_it_runs_in_the_browser(file: Path) -> None:
    first = file.read_text().partition("\n")[0]
    assert first.startswith(WHY)
    assert first.endswith(".")


def test_the_lock_of_an_editor_is_no_script_or_stylesheet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "chat").mkdir()
    (written := tmp_path / "chat/room.css").write_text("")
    (tmp_path / "chat/.#room.css").symlink_to("ada@engine.1843")  # as Emacs leaves it
    monkeypatch.setattr(browser_files, "HTTP", tmp_path)
    assert list(browser_files._files((), ".css")) == [written]
