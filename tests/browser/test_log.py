"""The live log."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor

pytestmark = pytest.mark.sections("live")

Visit = Callable[..., Visitor]
STEPS = {"demo.request", "demo.chat", "demo.db", "demo.push"}
PAINTED = ("painted here", "painted in another tab")
"""The last steps, in any order."""


def test_one_post_shows_request_use_case_sql_and_push_in_every_tab_of_its_author_only(visit: Visit) -> None:
    author, stranger = visit("/"), visit("/")
    second = author.second_tab("/")
    expect(author.at("log-empty")).to_be_visible()
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
        ids = {row.get_attribute("data-request-id") for row in tab.at("log-row").all()}
        assert len(ids) == 1
        expect(tab.at("log-count")).to_have_text(str(tab.at("log-row").count()))
    stranger.expect_message(body)
    expect(stranger.at("log-row")).to_have_count(0)


def test_the_log_never_shows_what_was_written(visit: Visit) -> None:
    author = visit("/")
    body = text()
    author.post(body)
    author.expect_message(body)
    expect(author.at("log-row").first).to_be_visible(timeout=SOON_MS)
    assert body not in author.at("log-panel").inner_text()
