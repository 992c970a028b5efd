"""Class names and rules find each other, and each name is written in one place."""

import re
from collections import Counter
from pathlib import Path

from portfolio_app.http.build.browser_files import ASSETS, HTTP, stylesheets

SHEETS = (*ASSETS.rglob("*.css"), *HTTP.rglob("*.css"))
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
