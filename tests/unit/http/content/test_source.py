"""The excerpts of the running source."""

from pathlib import Path

import pytest

from portfolio_app.http.content import source
from portfolio_app.http.content.source import LONGEST, Symbol, SymbolLost, excerpt, find, where_raised

FILE = "portfolio_app/http/content/source.py"
ROOT = Path(source.__file__).resolve().parents[3]


def line_of(words: str) -> int:
    """Where a line of the module under test is."""
    lines = (ROOT / FILE).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(words))


def test_an_excerpt_is_the_function_from_its_line_on() -> None:
    found = excerpt(FILE, line_of("def _cut"))
    assert found.startswith("def _cut(")
    assert found.endswith("lines[first - 1 : last]))")


def test_an_excerpt_begins_with_the_decorator_that_a_code_object_names_as_its_first_line() -> None:
    found = excerpt(FILE, line_of("@lru_cache(maxsize=512)"))
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


def test_the_line_that_raised_is_the_innermost_one_of_this_package() -> None:
    with pytest.raises(SymbolLost) as caught:
        find(Symbol(FILE, "nothing"))
    place = where_raised(caught.value)
    assert place is not None
    assert (place.path, place.layer, place.text) == (FILE, "http", "raise SymbolLost(symbol)")
    assert str(place) == f"{FILE}:{place.line}"


def test_an_error_of_somebody_elses_was_raised_nowhere_here() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        1 / 0  # noqa: B018 (only the error matters)
    assert where_raised(caught.value) is None
