"""Rules of the tree: files and import depth of the http layer, no cycles, and docstrings that name the thing."""

import ast
import re
from pathlib import Path

import pytest

from tests.house import cycles, depth, modules, packages
from tests.site import ROOT

HTTP = ROOT / "portfolio_app/http"
MOST_FILES = 165
DEEPEST = 7


def layer(folder: Path, files: dict[str, str]) -> Path:
    """A layer `house` with these modules, by their paths."""
    for name, text in files.items():
        file = folder / "house" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder / "house"


def test_the_http_layer_has_few_files() -> None:
    assert len(modules(HTTP)) <= MOST_FILES


def test_the_http_layer_is_flat_and_without_cycles() -> None:
    graph = packages(HTTP, "portfolio_app.http")
    assert cycles(graph) == []
    assert depth(graph) <= DEEPEST


@pytest.mark.parametrize(
    "line", ["from top.house.a import x", "from top.house.a.part import y", "import top.house.a.part"]
)
def test_a_package_depends_on_what_any_of_its_modules_imports(tmp_path: Path, line: str) -> None:
    files = {"a/__init__": "", "a/part": "y = 1", "b/one": "", "b/two": line, "alone": "import json"}
    graph = packages(layer(tmp_path, files), "top.house")
    assert graph == {"top.house.a": set(), "top.house.b": {"top.house.a"}, "top.house.alone": set()}


def test_what_a_package_imports_of_itself_does_not_count(tmp_path: Path) -> None:
    graph = packages(layer(tmp_path, {"a/one": "from house.a.two import x", "a/two": "x = 1"}), "house")
    assert graph == {"house.a": frozenset()}


def test_the_depth_is_counted_and_cycles_are_named() -> None:
    above = {"c": frozenset({"b", "a"}), "b": frozenset({"a"}), "a": frozenset[str]()}
    assert (depth(above), cycles(above)) == (3, [])
    assert cycles(above | {"a": frozenset({"c"})}) == [("a", "c"), ("b", "a"), ("c", "a"), ("c", "b")]


def docstrings(source: str) -> list[str]:
    """The strings of a module that stand alone: docstrings of modules, classes and functions, and of constants."""
    statements = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr))
    values = (node.value.value for node in statements if isinstance(node.value, ast.Constant))
    return [value for value in values if isinstance(value, str)]


RIDDLE = re.compile(
    r"(What|Who|Whoever|Whatever|That|Those|It|They|Somebody|Something|Nobody|Nothing|Everybody)\b"
)


def test_docstrings_of_constants_and_fields_are_found_too() -> None:
    assert docstrings('"""A."""\nB = 1\n"""B."""\nclass C:\n    d: int\n    """D."""') == ["A.", "B.", "D."]


def test_a_docstring_begins_with_the_name_of_the_thing_and_not_with_a_pronoun() -> None:
    files = [
        *(ROOT / "portfolio_app").rglob("*.py"),
        *(ROOT / "benchmarks").rglob("*.py"),
        ROOT / "rxconfig.py",
    ]
    found = [
        (file.name, text) for file in files for text in docstrings(file.read_text()) if RIDDLE.match(text)
    ]
    assert found == []
