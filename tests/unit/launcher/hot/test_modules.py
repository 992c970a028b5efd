"""What a change leaves untouched, read from the text of the modules."""

from pathlib import Path

import pytest

from portfolio_app.launcher.hot.modules import libraries, modules, untouched

FILES = {
    "__init__.py": "",
    "leaf.py": "import json\n",
    "middle.py": "from portfolio_app import leaf\n",
    "late.py": "def call():\n    from portfolio_app.middle import thing\n",
    "aside.py": "from pathlib import Path\nimport starlette.routing\n",
    "room/__init__.py": "from portfolio_app.room.door import (\n    handle,\n)\n",
    "room/door.py": "",
    "room/window.py": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "portfolio_app" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "portfolio_app" / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ("aside.py", {"", ".leaf", ".middle", ".late", ".room", ".room.door", ".room.window"}),
        ("leaf.py", {"", ".aside", ".room", ".room.door", ".room.window"}),
        ("late.py", {"", ".leaf", ".middle", ".aside", ".room", ".room.door", ".room.window"}),
        ("room/door.py", {"", ".leaf", ".middle", ".late", ".aside"}),
        ("__init__.py", set()),
    ],
)
def test_importers_of_a_changed_file_are_touched_however_indirect(
    root: Path, changed: str, kept: set[str]
) -> None:
    found = modules(root)

    assert set(untouched(found, [root / "portfolio_app" / changed])) == {
        f"portfolio_app{name}" for name in kept
    }


def test_libraries_are_all_that_is_not_the_projects_own(root: Path) -> None:
    assert {"json", "pathlib", "starlette.routing", "reflex.app"} <= set(libraries(modules(root)))


def test_the_lock_of_an_editor_is_no_module(root: Path) -> None:
    before = modules(root)
    (root / "portfolio_app/.#leaf.py").symlink_to("ada@engine.1843")  # as Emacs leaves it
    assert modules(root) == before


def test_demos_outside_the_checkout_are_modules_of_the_same_names_and_in_place_of_those_that_ship(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    demos = tmp_path_factory.mktemp("mine")
    for place in (
        root / "portfolio_app/demos/__init__.py",
        root / "portfolio_app/demos/dice.py",
        demos / "mine.py",
    ):
        place.parent.mkdir(exist_ok=True)
        place.write_text("import json\n")
    assert "portfolio_app.demos.dice" in modules(root)
    monkeypatch.setenv("DEMOS_DIR", str(demos))

    found = {name: file for name, file in modules(root).items() if name.startswith("portfolio_app.demos")}
    assert found == {
        "portfolio_app.demos": root / "portfolio_app/demos/__init__.py",
        "portfolio_app.demos.mine": demos / "mine.py",
    }
