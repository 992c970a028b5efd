"""A recorded run: anybody may open it, and lay it beside another."""

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.burst import LONG_MS, expect_receipt, ledger, recorded, start
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]
Theme = Literal["light", "dark"]


def violations(visitor: Visitor, *themes: Theme) -> list[str]:
    """What axe has to say."""
    found = []
    for theme in themes:
        visitor.page.emulate_media(color_scheme=theme)
        expect(visitor.page.locator("html")).to_have_class(theme)
        found += [entry["id"] for entry in Axe().run(visitor.page).response["violations"]]
    return found


def test_a_recorded_run_opens_for_anybody_beside_another(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 20, 2)
    expect_receipt(visitor)
    first = recorded(visitor)
    start(visitor, 30, 4, "read")
    expect(visitor.at("ledger-sent")).to_have_text("30", timeout=LONG_MS)
    small = {"width": 360, "height": 800}
    stranger = visit(f"/runs/{recorded(visitor)}", viewport=small, reduced_motion="reduce")
    expect(stranger.at("burst-receipt")).to_be_visible(timeout=SOON_MS)
    assert ledger(stranger, "sent") == "30"
    stranger.at("run-other").select_option(first)
    expect(stranger.at("comparison").get_by_role("row", name="Requests 30 20")).to_be_visible(timeout=SOON_MS)
    assert violations(stranger, "light", "dark") == []
    assert violations(visitor, "dark") == []
    assert stranger.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    stranger.page.goto(f"/runs/{first}?with={recorded(visitor)}")
    expect(stranger.at("comparison").get_by_role("row", name="Requests 20 30")).to_be_visible(timeout=SOON_MS)


@pytest.mark.parametrize("name", ["0123456789abcdef", "x", "..%2f..%2fetc"])
def test_a_run_that_is_not_recorded_says_so(visit: Visit, name: str) -> None:
    expect(
        visit(f"/runs/{name}").page.get_by_role("heading", name="No run is recorded here.")
    ).to_be_visible()
