"""The http layer stays a house one can find one's way in: few files, few floors, no circles."""

from pathlib import Path

import pytest

from tests.house import circles, floors, modules, rooms
from tests.site import ROOT

HTTP = ROOT / "portfolio_app/http"
MOST_FILES = 165
MOST_FLOORS = 7


def package(folder: Path, files: dict[str, str]) -> Path:
    """A package `house` with these modules, by their paths."""
    for name, text in files.items():
        file = folder / "house" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder / "house"


def test_the_http_layer_has_few_files() -> None:
    assert len(modules(HTTP)) <= MOST_FILES


def test_the_http_layer_has_few_floors_and_no_circles() -> None:
    graph = rooms(HTTP, "portfolio_app.http")
    assert circles(graph) == []
    assert floors(graph) <= MOST_FLOORS


@pytest.mark.parametrize(
    "line", ["from top.house.a import x", "from top.house.a.part import y", "import top.house.a.part"]
)
def test_a_room_stands_on_what_any_of_its_modules_imports(tmp_path: Path, line: str) -> None:
    files = {"a/__init__": "", "a/part": "y = 1", "b/one": "", "b/two": line, "alone": "import json"}
    graph = rooms(package(tmp_path, files), "top.house")
    assert graph == {"top.house.a": set(), "top.house.b": {"top.house.a"}, "top.house.alone": set()}


def test_what_a_room_imports_of_itself_does_not_count(tmp_path: Path) -> None:
    graph = rooms(package(tmp_path, {"a/one": "from house.a.two import x", "a/two": "x = 1"}), "house")
    assert graph == {"house.a": frozenset()}


def test_floors_are_counted_and_circles_named() -> None:
    above = {"c": frozenset({"b", "a"}), "b": frozenset({"a"}), "a": frozenset[str]()}
    assert (floors(above), circles(above)) == (3, [])
    assert circles(above | {"a": frozenset({"c"})}) == [("a", "c"), ("b", "a"), ("c", "a"), ("c", "b")]
