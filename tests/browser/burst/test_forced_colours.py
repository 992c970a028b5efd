"""What a system with colours of its own shows of bars and drawings."""

import math
from collections.abc import Callable
from io import BytesIO
from itertools import product
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.burst import expect_receipt, start
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.sections("burst")

SIZE = 50
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VISIBLE = 3 * 1.05
"""The contrast ratio that WCAG asks of graphics. A smoothed edge between two pixels has less."""
DRAWINGS = {".burst-chart .plot-area": 2, "[data-panel=pulse] .pulse-area": 1}
"""At least so many of each are shown."""
WITHOUT_GRID = "(drawing) => drawing.querySelector('.plot-grid')?.remove()"
HALF = "(bar) => (bar.value = bar.max / 2)"


def ink(drawn: Locator, *, row: float | None = None) -> float:
    """Which part of its columns has a pixel that stands out from the ground; of one `row` alone, if named."""
    picture = Image.open(BytesIO(drawn.screenshot(animations="disabled"))).convert("L")
    width, height = picture.size
    shades = [shade / 255 for shade in picture.tobytes()]
    ground = max(set(shades), key=shades.count)
    rows = range(height) if row is None else [int(row * height)]
    return (
        sum(any(contrast(shades[y * width + x], ground) > VISIBLE for y in rows) for x in range(width))
        / width
    )


def contrast(one: float, other: float) -> float:
    """Of two greys, as accessibility guidelines count it."""
    dark, light = sorted(math.pow(shade, 2.2) for shade in (one, other))
    return (light + 0.05) / (dark + 0.05)


def choose_theme(page: Page, theme: str) -> None:
    """Press the switch until the page has it, whatever the system has."""
    while page.locator("html").get_attribute("class") != theme:
        page.locator(".theme-switch").click()


def test_bars_and_drawings_of_a_run_are_visible_in_forced_colours(visit: Callable[..., Visitor]) -> None:
    """In either theme, whichever the system has."""
    visitor = visit("/")
    page, bar = visitor.page, visitor.page.locator(".burst-bar")
    start(visitor, SIZE)
    expect_receipt(visitor)
    for theme, system in product(THEMES, THEMES):
        page.emulate_media(forced_colors="none", color_scheme="light")
        choose_theme(page, theme)
        page.emulate_media(forced_colors="active", color_scheme=system)
        bar.evaluate(HALF)
        assert ink(bar, row=0.5) == pytest.approx(0.5, abs=0.02), (theme, system)
        for drawings, least in DRAWINGS.items():
            shown = page.locator(drawings).all()
            assert len(shown) >= least, drawings
            for drawn in shown:
                drawn.evaluate(WITHOUT_GRID)
                assert ink(drawn) > 0.1, (drawings, theme, system)
