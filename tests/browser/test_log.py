"""The live log."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor

pytestmark = pytest.mark.sections("live")

Visit = Callable[..., Visitor]
STEPS = {"demo.request", "demo.chat", "demo.db", "demo.push"}
PAINTED = ("painted here", "painted in another tab")
"""The last steps, in any order."""


HEIGHTS = """() => ["log", "network"].map((name) =>
  document.querySelector(`[data-panel=${name}]`).getBoundingClientRect().height)"""


def request_ids(visitor: Visitor) -> set[str | None]:
    """Of the rows shown."""
    return {row.get_attribute("data-request-id") for row in visitor.at("log-row").all()}


def test_one_post_shows_request_use_case_sql_and_push_in_every_tab_of_its_author_only(visit: Visit) -> None:
    author, stranger = visit("/"), visit("/")
    second = author.second_tab("/")
    for tab in (author, second):
        tab.expect_arrival(2)
    stranger.expect_arrival()
    arrived = request_ids(author)
    body = text()
    author.post(body)
    author.expect_message(body)
    for tab in (author, second):
        for target in STEPS:
            expect(tab.page.locator(f"[data-testid=log-row][data-target='{target}']").first).to_be_visible(
                timeout=SOON_MS
            )
        for step in PAINTED:
            expect(tab.at("log-row").filter(has_text=step)).to_have_count(1, timeout=SOON_MS)
        assert len(request_ids(tab) - arrived) == 1
        expect(tab.at("log-count")).to_have_text(str(tab.at("log-row").count()))
    stranger.expect_message(body)
    assert not request_ids(stranger) & request_ids(author)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_first_rows_are_the_visitors_arrival_and_their_room_was_kept(
    new_context: Callable[..., BrowserContext], width: int
) -> None:
    visitor = Visitor(new_context(viewport={"width": width, "height": 844}).new_page())
    visitor.page.goto("/", wait_until="domcontentloaded")
    before = visitor.page.evaluate(HEIGHTS)
    visitor.expect_arrival()
    rows = visitor.at("log-row")
    expect(rows.filter(has_text="GET /")).to_have_count(1, timeout=SOON_MS)
    expect(rows.filter(has_text="SELECT").first).to_be_attached()
    assert rows.locator(".log-text").all_inner_texts()[:2] == ["GET /", "websocket handshake"]
    for panel in ("log", "network"):
        expect(visitor.at(f"{panel}-empty")).to_have_count(0)
    assert visitor.page.evaluate(HEIGHTS) == before


def test_the_log_never_shows_what_was_written(visit: Visit) -> None:
    author = visit("/")
    body = text()
    author.post(body)
    author.expect_message(body)
    expect(author.posts()).to_have_count(1, timeout=SOON_MS)
    assert body not in author.at("log-panel").inner_text()
