"""The readings beside the claim are of this process, and follow what happens to it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import MOVING
from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import Site, running_site

pytestmark = pytest.mark.sections("live")

Visit = Callable[..., Visitor]
SHIFTS = """() => { window.shifts = 0; new PerformanceObserver((list) => {
  list.getEntries().filter((entry) => !entry.hadRecentInput).forEach((entry) => { window.shifts += entry.value; });
}).observe({ type: "layout-shift" }); }"""


def reading(visitor: Visitor, label: str) -> Locator:
    """The value of one gauge."""
    gauge = visitor.page.locator("[data-panel=pulse]").get_by_test_id("fact").filter(has_text=label)
    return gauge.locator("dd")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A process that nothing has happened to yet."""
    with running_site(tmp_path) as running:
        yield running


def test_the_readings_follow_visitors_tabs_and_posts_and_move_nothing(visit: Visit) -> None:
    watching = visit("/", **MOVING)
    visitors = reading(watching, "Visitors here")
    expect(visitors).to_have_text("1in 1 tab", timeout=SOON_MS)
    expect(reading(watching, "Last post, painted")).to_have_text("no second tab yet")
    watching.page.evaluate(SHIFTS)

    visit("/")
    expect(visitors).to_have_text("2in 2 tabs", timeout=SOON_MS)
    writing = watching.second_tab("/")
    expect(visitors).to_have_text("2in 3 tabs", timeout=SOON_MS)
    writing.post(text())
    for label in ("Last post, received to committed", "Last post, painted in another tab"):
        expect(reading(watching, label)).to_have_text(re.compile(r"^[\d.]+ms$"), timeout=SOON_MS)
    writing.page.close()
    expect(visitors).to_have_text("2in 2 tabs", timeout=SOON_MS)
    assert watching.page.evaluate("window.shifts") < 0.01
