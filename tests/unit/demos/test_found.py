"""Demos are found by themselves, and a broken one is one line with its place."""

import importlib
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from portfolio_app import demos as package
from portfolio_app.demo import action, table
from portfolio_app.http import asgi, demos, site
from portfolio_app.http.content.model import ContentError

ROOT = Path(__file__).parents[3]
Put = Callable[[str, str], Path]
GOOD = """
from portfolio_app.demo import Demo, Page, demo_panel
class {name}(Demo):
    pass
PAGE = Page("{route}", "{name}", "About {name}.", demo_panel({name}, "word"))
"""


NUMBERS = count()
"""Of files, for Reflex keeps every state that it has seen by its module."""
PANEL = GOOD.replace('demo_panel({name}, "word")', "{{}}").format(name="Drawn", route="/drawn")
ACTION = """
from portfolio_app.demo import Demo, Page, action, demo_panel
class Dice(Demo):
    {}: ...
PAGE = Page("/broken-dice", "Dice", "Two dice.", demo_panel(Dice))
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
        ("\nraise SystemExit('done')\n", 2, "SystemExit: done"),
        (
            "\nfrom portfolio_app.demo import shared\nshared('a-b c', int, None)\n",
            3,
            "ValueError: a topic is named like",
        ),
        (GOOD.format(name="NoSlash", route="dice"), 5, "the address of a page begins with a slash"),
        *(
            (
                GOOD.format(name="Odd", route=route),
                5,
                "the address of a page is made of letters a to z, digits",
            )
            for route in ("/dice/", "/my dice", "/würfel", "/dice?n=2", "/../dice", "/dice/[n]", "/feed.xml")
        ),
        (GOOD.format(name="Taken", route="/api/ready"), 5, "the site itself answers at /api/ready"),
        (GOOD.format(name="Taken", route="/error"), 5, "the site itself answers at /error"),
        (GOOD.replace('"{route}"', "7").format(name="Number"), 5, "the address of a page is a text"),
        (
            GOOD.replace("{name}.", " ").replace("About ", "").format(name="Mute", route="/mute"),
            5,
            "the description of",
        ),
        (PANEL.format("None"), 5, "the body of a page is a panel or a component, not None"),
        (
            ACTION.format("@action('dice.roll')\n    def roll(self)"),
            4,
            "TypeError: Dice.roll: an action is an async def",
        ),
        (
            ACTION.format("@action('dice.roll')\n    async def roll()"),
            4,
            "TypeError: Dice.roll: an action is a method",
        ),
        (
            ACTION.format("@action('dice.roll')\n    async def roll(self, dice: int)").replace(
                "(Dice))", "(Dice), on_load=Dice.roll)"
            ),
            6,
            "what runs when a page opens lacks dice",
        ),
        *(
            (
                ACTION.format(f"@action('dice.roll', limit={limit})\n    async def roll(self)"),
                4,
                "ValueError: limit=(5, 10)",
            )
            for limit in ("5", "(5,)", "(0, 10)", "('5', 10)")
        ),
    ],
)
def test_a_broken_demo_is_one_line_with_file_and_line(put: Put, text: str, line: int, reason: str) -> None:
    path = put(f"broken_{next(NUMBERS)}.py", text)
    with pytest.raises(ContentError) as refused:
        demos.found()
    assert str(refused.value).startswith(f"{path}:{line}: {reason}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("lambda: demo_panel(Drawn, Drawn.gone)()", 5, "AttributeError: type object 'Drawn' has no"),
        ("lambda: 'a word'", 5, "the body of a page draws a component, not 'a word'"),
    ],
)
def test_a_page_that_cannot_be_drawn_is_one_line_with_file_and_line(
    put: Put, body: str, line: int, reason: str
) -> None:
    path = put(f"broken_{next(NUMBERS)}.py", PANEL.format(body))
    (demo,) = demos.found()
    with pytest.raises(ContentError) as refused:
        demos.body_of(demo)
    assert str(refused.value).startswith(f"{path}:{line}: {reason}")
    assert list(map(str, demos.problems())) == [str(refused.value)]


def test_a_file_that_no_script_can_name_is_refused(put: Put) -> None:
    put("copied-once.py", GOOD.format(name="Copied", route="/copied"))
    put("copied (2).py", GOOD.format(name="Again", route="/again"))
    (wrong,) = demos.problems()
    assert str(wrong).endswith(
        "copied (2).py:1: a demo's file is named by letters, digits, - and _ only: give it another name"
    )


def test_no_demo_stands_where_the_site_answers_something_else() -> None:
    pages = {page.route.split("/")[1] for page in site.all_pages()}
    begin = {getattr(route, "path", "").split("/")[1] for route in asgi.routes()}
    assert {name for name in begin - pages if name.isalnum()} == demos.NO_PAGES - {
        "404", "assets", "error", "index", "styleguide",
    }  # fmt: skip


def test_two_pages_at_one_address_are_listed_with_their_files_beside_what_cannot_be_loaded(put: Put) -> None:
    names = [f"{name}_{next(NUMBERS)}.py" for name in ("a", "b", "c", "d")]
    broken = put(names[0], "a = b\n")
    first = put(names[1], GOOD.format(name="First", route="/same"))
    second = put(names[2], GOOD.format(name="Second", route="/same"))
    chat = put(names[3], GOOD.format(name="SecondChat", route="/chat"))
    assert list(map(str, demos.problems(["/", "/chat"]))) == [
        f"{broken}:1: NameError: name 'b' is not defined",
        f"{second}:5: another page is at /same already, that of {first}",
        f"{chat}:5: another page is at /chat already",
    ]


ACTIONS = """
from portfolio_app.demo import Demo, Page, action, demo_panel
class {name}Base(Demo, mixin=True):
    @action("{first}")
    async def one(self) -> None: ...
class {name}({name}Base):
    @action("{second}")
    async def two(self) -> None: ...
class {name}Other({name}Base):
    pass
PAGE = Page("/{name}", "{name}", "About {name}.", demo_panel({name}))
"""


def test_two_actions_of_one_name_are_refused_with_both_places_and_one_that_states_share_is_not(
    put: Put,
) -> None:
    names = [f"{name}_{next(NUMBERS)}.py" for name in ("a", "b", "c")]
    first = put(names[0], ACTIONS.format(name="Shared", first="shared.one", second="shared.two"))
    assert demos.problems() == []
    twice = put(names[1], ACTIONS.format(name="Twice", first="twice.one", second="twice.one"))
    third = put(names[2], ACTIONS.format(name="Third", first="shared.two", second="chat.write"))
    said = list(map(str, demos.problems(site.own_routes())))
    assert said[:2] == [
        f'{twice}:7: another action is named "twice.one" already, that at {twice}:4',
        f'{third}:4: another action is named "shared.two" already, that at {first}:7',
    ]
    assert said[2].startswith(
        f'{third}:7: another action is named "chat.write" already, that at portfolio_app/http/chat/'
    )
    assert len(said) == 3


def test_a_site_with_two_pages_at_one_address_does_not_start(put: Put) -> None:
    path = put(f"late_{next(NUMBERS)}.py", GOOD.format(name="LateChat", route="/chat"))
    with pytest.raises(ContentError, match=f"^{path}:5: another page is at /chat already"):
        site.all_pages()


def test_a_table_is_a_sqlmodel_table() -> None:
    with pytest.raises(TypeError, match="no SQLModel class"):
        table(int)


@pytest.mark.parametrize(
    "name", ["Dice.roll", "dice", "dice.roll.now", "dice.<b>", "d" * 40 + ".roll", lambda self: None]
)
def test_an_action_has_a_name_that_may_be_shown(name: str) -> None:
    with pytest.raises(ValueError, match="an action is named like"):
        action(name)
