"""Class names and rules find each other, and each name is written in one place."""

import re
from collections import Counter
from pathlib import Path

from portfolio_app.http.kit.stylesheets import STYLESHEETS

ROOT = Path(__file__).parents[4]
CSS = ROOT / "assets/css"
SHEETS = (*CSS.glob("*.css"), ROOT / "portfolio_app/http/styleguide/sheet.css")
SOURCES = (*(ROOT / "portfolio_app/http").rglob("*.py"), *(ROOT / "assets/js").glob("*.jsx"))


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
    assert sorted(STYLESHEETS) == sorted(f"/css/{sheet.name}" for sheet in CSS.glob("*.css"))


def test_every_class_has_a_rule() -> None:
    assert set(_written()) - _ruled() == set()


def test_every_rule_has_a_class() -> None:
    set_by_reflex = {"light", "dark"}
    assert _ruled() - set(_written()) == set_by_reflex


def test_no_class_name_is_written_twice() -> None:
    assert {name for name, times in _written().items() if times > 1} == set()
