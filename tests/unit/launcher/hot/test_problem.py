"""A problem names its place in the project, and only what is an exception comes with a traceback."""

import runpy
from pathlib import Path

import pytest

from portfolio_app.http.content.model import ContentError
from portfolio_app.launcher.hot.problem import described, worded
from portfolio_app.launcher.toolchain import ROOT
from portfolio_app.settings import Settings, SettingsError


def test_wrong_content_is_one_line() -> None:
    problem = described(ContentError(Path.cwd() / "work/x.md", 3, "date: Field required"))

    assert worded(problem) == "error: work/x.md:3: date: Field required"


def test_a_syntax_error_is_placed_where_python_could_not_read_on() -> None:
    with pytest.raises(SyntaxError) as raised:
        compile("x = 1\ny = (\n", str(ROOT / "portfolio_app" / "broken.py"), "exec")

    problem = described(raised.value)
    assert (problem["file"], problem["line"]) == ("portfolio_app/broken.py", 2)
    assert problem["message"] == "SyntaxError: '(' was never closed"


def test_an_exception_is_placed_at_the_innermost_line_of_the_project() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({"PORT": "web"})
    error = ValueError("wrong")
    error.__traceback__ = raised.value.__traceback__

    problem = described(error)
    assert problem["file"] == "portfolio_app/settings/__init__.py"
    assert problem["message"] == "ValueError: wrong"
    assert worded(problem).splitlines()[0] == "Traceback (most recent call last):"


def test_what_a_demo_outside_of_the_checkout_raises_is_placed_in_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMOS_DIR", str(tmp_path))
    file = tmp_path / "dice.py"
    file.write_text("import json\n\ndef roll(): json.loads('{')\n")
    roll = runpy.run_path(str(file))["roll"]
    with pytest.raises(ValueError, match="Expecting") as raised:
        roll()

    problem = described(raised.value)
    assert (problem["file"], problem["line"]) == (str(file), 3)
