"""A recorded run: anybody may open it, and lay it beside another."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.burst import LONG_MS, expect_receipt, ledger, recorded, start
from tests.browser.visitor import SOON_MS, Visitor
from tests.browser.witness import Witness
from tests.site import Site

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


def download(visitor: Visitor, name: str, folder: Path) -> Path:
    """What the link `name` of a receipt gives."""
    with visitor.page.expect_download() as download:
        visitor.at("burst-receipt").get_by_role("link", name=name, exact=True).click()
    download.value.save_as(folder / download.value.suggested_filename)
    return folder / download.value.suggested_filename


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
    expect(stranger.at("run-other")).to_have_value(recorded(visitor))
    expect(stranger.at("run-other").locator(f"option[value='{first}']")).to_have_count(0)


def test_a_run_is_downloaded_as_json_and_as_a_page_that_opens_from_disk(
    site: Site, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    context = new_context()
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), "/")
    start(visitor, 10, 2)
    expect_receipt(visitor)
    record = httpx.get(f"{site.url}/api/runs/{recorded(visitor)}").json()
    assert json.loads(download(visitor, "JSON", tmp_path).read_text()) == record
    page = context.new_page()
    page.goto(download(visitor, "HTML", tmp_path).as_uri())
    expect(page.get_by_role("heading", name=f"Run {record['run']}")).to_be_visible()
    expect(page.get_by_role("img", name="How long requests took")).to_be_visible()
    assert witness.complaints == []


def test_a_run_or_the_one_beside_it_that_can_not_be_read_says_so(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 10, 1)
    expect_receipt(visitor)
    run = recorded(visitor)

    def refuse(route: Route) -> None:
        route.fulfill(status=503, json={"error": {"text": "The site can't do that right now."}})

    visitor.page.route(f"**/api/runs/{run}", refuse)
    visitor.page.goto(f"/runs/{run}?with={'0' * 16}")
    expect(visitor.page.get_by_role("heading", name="The run could not be read.")).to_be_visible(
        timeout=SOON_MS
    )
    expect(visitor.page.get_by_text("The site can't do that right now.")).to_be_visible()
    visitor.page.unroute(f"**/api/runs/{run}")
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.at("burst-receipt")).to_be_visible(timeout=SOON_MS)
    expect(visitor.at("run-other-error")).to_contain_text("is not recorded here")
    expect(visitor.at("run-other")).to_have_value("")


@pytest.mark.parametrize("name", ["0123456789abcdef", "x", "..%2f..%2fetc"])
def test_a_run_that_is_not_recorded_says_so(visit: Visit, name: str) -> None:
    expect(
        visit(f"/runs/{name}").page.get_by_role("heading", name="No run is recorded here.")
    ).to_be_visible()
