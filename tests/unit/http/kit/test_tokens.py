"""The colours keep their promise: 7:1 for every text on every ground, 3:1 for every mark."""

from itertools import product

import pytest

from portfolio_app.http.kit.palette import THEMES, Theme, colours, contrast

GROUNDS = ("ground", "surface", "sunken")
TEXTS = ("ink", "muted", "accent", "danger", "domain", "app", "infra", "http")
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
