"""The colours keep their promise: 7:1 for every text on every ground, 3:1 for every mark."""

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path(__file__).parents[4] / "assets/css/tokens.css"
GROUNDS = ("ground", "surface", "sunken")
TEXTS = ("ink", "muted", "accent", "danger", "domain", "app", "infra", "http")
MARKS = ("edge", "accent-edge", "domain-mark", "app-mark", "infra-mark", "http-mark")
THEMES = ("light", "dark")


def _colours(theme: str) -> dict[str, str]:
    css = CSS.read_text()
    both = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)
    same = re.findall(r"--([\w-]+): (#\w{6});", css)
    return dict(same) | {name: (light, dark)[THEMES.index(theme)] for name, light, dark in both}


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), list(product(TEXTS, GROUNDS)))
def test_text_reads_at_seven_to_one(theme: str, text: str, ground: str) -> None:
    colours = _colours(theme)
    assert _contrast(colours[text], colours[ground]) >= 7


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), list(product(MARKS, GROUNDS)))
def test_a_mark_stands_out_at_three_to_one(theme: str, mark: str, ground: str) -> None:
    colours = _colours(theme)
    assert _contrast(colours[mark], colours[ground]) >= 3


def test_words_on_the_accent_read_at_seven_to_one() -> None:
    colours = _colours("light")
    assert _contrast(colours["accent-ink"], colours["accent-fill"]) >= 7
