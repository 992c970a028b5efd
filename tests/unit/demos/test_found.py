"""Demos are found by themselves, and a broken one is one line with its place."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portfolio_app import demos as package
from portfolio_app.demo import action, table
from portfolio_app.http import demos, site
from portfolio_app.http.content.model import ContentError

ROOT = Path(__file__).parents[3]
Put = Callable[[str, str], Path]
GOOD = """
from portfolio_app.demo import Demo, Page, demo_panel
class {name}(Demo):
    pass
PAGE = Page("{route}", "{name}", "About {name}.", demo_panel({name}, "word"))
"""


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    """Writes a demo into a folder of this test's own."""
    monkeypatch.setenv("DEMOS_DIR", str(tmp_path))
    monkeypatch.setattr(package, "__path__", [str(tmp_path)])
    known = set(sys.modules)
    demos.found.cache_clear()

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        importlib.invalidate_caches()
        return path

    yield write
    demos.found.cache_clear()
    for name in set(sys.modules) - known:
        if name.startswith(f"{package.__name__}."):
            del sys.modules[name]


@pytest.mark.demos("dice", "kudos")
def test_the_shipped_demos_are_on_the_site_with_nothing_registered() -> None:
    pages = {page.route: page for page in site.all_pages()}
    assert pages["/dice"].listed
    assert pages["/kudos"].listed
    assert {"/dice", "/kudos"} <= {entry.href for entry in site.nav_entries()}
    drawn = str(pages["/dice"].build().render())
    assert "Roll two" in drawn
    assert "Backend log" in drawn or "log-panel" in drawn or "data-panel" in drawn


def test_files_and_folders_are_found_and_what_begins_with_an_underscore_is_not(put: Put) -> None:
    put("found_file.py", GOOD.format(name="FoundFile", route="/found-file"))
    put("found_folder/__init__.py", GOOD.format(name="FoundFolder", route="/found-folder"))
    put("_helper.py", "raise RuntimeError")
    assert [(demo.name, demo.page.route) for demo in demos.found()] == [
        ("found_file", "/found-file"),
        ("found_folder", "/found-folder"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = 1\nb = (\n", 2, "SyntaxError: '(' was never closed"),
        ("a = 1\nb = c\n", 2, "NameError: name 'c' is not defined"),
        ("from portfolio_app.demo import nothing_there\n", 1, "ImportError: cannot import name"),
        (
            "from portfolio_app.demo import action\n\n\n@action('Roll')\nasync def roll(self): ...\n",
            4,
            "ValueError: an action is named like",
        ),
        ("", 1, "a demo has a PAGE"),
        ("PAGE = '/dice'\n", 1, "a demo has a PAGE"),
        (GOOD.format(name="NoSlash", route="dice"), 1, "the address of a page begins with a slash"),
    ],
    ids=["syntax", "name", "import", "action", "empty", "no page", "address"],
)
def test_a_broken_demo_is_one_line_with_file_and_line(put: Put, text: str, line: int, reason: str) -> None:
    path = put("broken_demo.py", text)
    with pytest.raises(ContentError) as refused:
        demos.found()
    assert str(refused.value).startswith(f"{path}:{line}: {reason}")
    assert "\n" not in str(refused.value)


def test_two_pages_at_one_address_are_refused_with_the_file(put: Put) -> None:
    path = put("second_chat.py", GOOD.format(name="SecondChat", route="/chat"))
    with pytest.raises(ContentError, match=f"^{path}:1: another page is at /chat already"):
        demos.refuse_taken(["/chat", "/", "/chat"])


def test_a_table_is_a_sqlmodel_table() -> None:
    with pytest.raises(TypeError, match="no SQLModel class"):
        table(int)


@pytest.mark.parametrize("name", ["Dice.roll", "dice", "dice.roll.now", "dice.<b>", "d" * 40 + ".roll"])
def test_an_action_has_a_name_that_may_be_shown(name: str) -> None:
    with pytest.raises(ValueError, match="an action is named like"):
        action(name)
