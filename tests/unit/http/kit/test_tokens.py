"""The colours keep their promise: 7:1 for every text on every ground, 3:1 for every mark."""

import re
from itertools import product
from pathlib import Path

import pytest

from portfolio_app.http.build.browser_files import ASSETS, HTTP
from portfolio_app.http.kit.palette import THEMES, Theme, colours, contrast

GROUNDS = ("ground", "surface", "sunken")
TEXTS = ("ink", "muted", "accent", "danger", "domain", "app", "infra", "http")
STYLESHEETS = sorted(file for folder in (HTTP, ASSETS) for file in folder.rglob("*.css"))
FILLED = re.compile(r"var\(--accent-fill\)|color-mix\(in oklab, var\(--accent-fill\), white \d+%\)")
MARKS = ("edge", "accent-edge", "domain-mark", "app-mark", "infra-mark", "http-mark")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), list(product(TEXTS, GROUNDS)))
def test_text_reads_at_seven_to_one(theme: Theme, text: str, ground: str) -> None:
    known = colours(theme)
    assert contrast(known[text], known[ground]) >= 7


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), list(product(MARKS, GROUNDS)))
def test_a_mark_stands_out_at_three_to_one(theme: Theme, mark: str, ground: str) -> None:
    known = colours(theme)
    assert contrast(known[mark], known[ground]) >= 3


def test_words_on_the_accent_read_at_seven_to_one() -> None:
    known = colours("light")
    assert contrast(known["accent-ink"], known["accent-fill"]) >= 7


@pytest.mark.parametrize("file", STYLESHEETS, ids=lambda file: file.name)
def test_the_ink_of_the_accent_is_used_on_its_fill_alone(file: Path) -> None:
    """It is the same in both themes: on any other ground it is next to nothing in one of them."""
    for rule in re.findall(r"\{([^{}]*)\}", file.read_text(encoding="utf-8")):
        grounds = re.findall(r"background: ([^;]*);", rule)
        assert "--accent-ink)" not in rule or any(map(FILLED.fullmatch, grounds)), rule
