"""The excerpts of the running source."""

from pathlib import Path

import pytest

from portfolio_app.http.content import source
from portfolio_app.http.content.source import LONGEST, excerpt

FILE = "portfolio_app/http/content/source.py"
ROOT = Path(source.__file__).resolve().parents[3]


def line_of(words: str) -> int:
    """Where a line of the module under test is."""
    lines = (ROOT / FILE).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(words))


def test_an_excerpt_is_the_function_from_its_line_on() -> None:
    found = excerpt(FILE, line_of("def _start"))
    assert found.startswith("def _start(")
    assert found.endswith("node.decorator_list)])")


def test_an_excerpt_begins_with_the_decorator_that_a_code_object_names_as_its_first_line() -> None:
    found = excerpt(FILE, line_of("@lru_cache"))
    assert found.startswith("@lru_cache")
    assert "def excerpt" in found
    assert len(found.splitlines()) <= LONGEST


@pytest.mark.parametrize(
    "file",
    [
        "",
        "../etc/passwd",
        "/etc/passwd",
        "tests/unit/http/content/test_source.py",
        "portfolio_app/nothing.py",
        "portfolio_app",
    ],
)
def test_nothing_outside_the_package_is_shown(file: str) -> None:
    assert excerpt(file, 1) == ""


def test_a_line_that_is_not_there_shows_nothing() -> None:
    assert excerpt(FILE, 100_000) == ""
