"""Class names and rules find each other, and each name is written in one place."""

import re
from collections import Counter
from pathlib import Path

import pytest

from portfolio_app.http.build.browser_files import ASSETS, HTTP, stylesheets

SHEETS = (*ASSETS.rglob("*.css"), *HTTP.rglob("*.css"))
_NAMED = re.compile(r"[.#[]")
SOURCES = (*HTTP.rglob("*.py"), *HTTP.rglob("*.jsx"))


def _written() -> Counter[str]:
    given = re.compile(r'class(?:_n|N)ame="([\w -]+)"|(?:_BUTTON|HIDDEN): Final = "([\w-]+)"')
    return Counter(
        name for source in SOURCES for pair in given.findall(source.read_text()) for name in pair if name
    )


def _ruled() -> set[str]:
    return {name for sheet in SHEETS for name in re.findall(r"\.([a-z][\w-]*)", _selectors(sheet))}


def _selectors(sheet: Path) -> str:
    text = re.sub(r'/\*.*?\*/|"[^"]*"', "", sheet.read_text(), flags=re.DOTALL)
    return " ".join(re.findall(r"([^{};]+)\{", text))


def test_every_stylesheet_is_listed_once() -> None:
    listed = sorted(path.name for path in stylesheets())
    assert listed == sorted(sheet.name for sheet in SHEETS if sheet.parent.name != "styleguide")


def test_every_class_has_a_rule() -> None:
    assert set(_written()) - _ruled() == set()


def test_every_rule_has_a_class() -> None:
    set_by_reflex = {"light", "dark"}
    assert _ruled() - set(_written()) == set_by_reflex


def test_no_class_name_is_written_twice() -> None:
    assert {name for name, times in _written().items() if times > 1} == set()


def _compounds(selector: str) -> list[str]:
    """Of `a:has(> b) > .c`, these: `a:has(> b)` and `.c`."""
    flat, depth = "", 0
    for sign in selector:
        depth += (sign == "(") - (sign == ")")
        flat += "\0" if depth == 0 and sign in " >+~\n" else sign
    return [compound for compound in flat.split("\0") if compound]


def _alternatives(selectors: str) -> list[str]:
    return re.split(r",(?![^(]*\))", re.sub(r"/\*.*?\*/", "", selectors, flags=re.DOTALL))


@pytest.mark.parametrize(
    ("selector", "is_named"), [("a:has(> b) .c", True), ("a:has(b) > :not(:first-child)", False)]
)
def test_a_subject_is_what_stands_last(selector: str, is_named: bool) -> None:
    assert bool(_NAMED.search(_compounds(selector)[-1])) == is_named


def test_what_follows_a_look_inside_is_named() -> None:
    """Without a class or an attribute to look for, each change anywhere has a browser style the whole page anew."""
    selectors = [
        selector.strip()
        for sheet in SHEETS
        for rule in re.findall(r"([^{};]+)\{", sheet.read_text())
        for selector in _alternatives(rule)
        if ":has(" in selector and not selector.strip().startswith("@")
    ]
    assert len(selectors) > 20
    found = [_compounds(selector) for selector in selectors]
    assert [
        parts for parts in found if ":has(" in " ".join(parts[:-1]) and not _NAMED.search(parts[-1])
    ] == []
