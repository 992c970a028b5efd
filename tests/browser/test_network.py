"""The network table."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor

pytestmark = pytest.mark.sections("live")

Visit = Callable[..., Visitor]
FETCH = "(path) => fetch(path).then((answer) => answer.headers.get('x-request-id'))"


def head(visitor: Visitor, name: str) -> Locator:
    """A column's head."""
    return visitor.at("network-panel").get_by_role("columnheader", name=name)


def column(visitor: Visitor, name: str) -> list[str]:
    """What a column's attribute says, from the top."""
    return [row.get_attribute(f"data-{name}") or "" for row in visitor.at("network-row").all()]


def three_requests(visitor: Visitor) -> list[str]:
    """A post and two requests; their ids in that order, wherever the first came from."""
    body = text()
    visitor.post(body)
    visitor.expect_message(body)
    expect(visitor.posts()).to_have_count(1, timeout=SOON_MS)
    posted = visitor.posts().get_attribute("data-request-id") or ""
    asked = [visitor.page.evaluate(FETCH, path) for path in ("/api/traces/none?secret=1", "/api/nothing")]
    for request_id in asked:
        expect(
            visitor.page.locator(f"[data-testid=network-row][data-request-id='{request_id}']")
        ).to_have_count(1, timeout=SOON_MS)
    return [posted, *asked]


def test_events_and_requests_of_this_visitor_alone_are_listed_newest_first(visit: Visit) -> None:
    visitor, stranger = visit("/"), visit("/")
    stranger.expect_arrival()
    visitor.expect_arrival()
    second = visitor.second_tab("/")
    second.expect_arrival(2)
    before = column(visitor, "request-id")
    assert column(visitor, "path") == ["page.open", "/_event", "/"] * 2
    assert column(visitor, "status") == ["200", "101", "200"] * 2
    ids = three_requests(visitor)
    for tab in (visitor, second):
        expect(tab.at("network-row")).to_have_count(len(before) + 3, timeout=SOON_MS)
        assert column(tab, "request-id") == [*ids[::-1], *before]
        assert column(tab, "method")[:3] == ["GET", "GET", "WS"]
        assert column(tab, "path")[:3] == ["/api/nothing", "/api/traces/none", "chat.send"]
        assert column(tab, "status")[:3] == ["404", "404", "200"]
        expect(tab.at("network-count")).to_have_text(str(len(before) + 3))
    expect(stranger.at("network-row")).to_have_count(3)
    assert not {*column(stranger, "request-id")} & {*ids, *before}

    # A column sorts both ways and says which.
    head(visitor, "Method").get_by_role("button").click()
    expect(head(visitor, "Method")).to_have_attribute("aria-sort", "ascending")
    expect(head(visitor, "Time")).to_have_attribute("aria-sort", "none")
    ascending = ["GET"] * 6 + ["WS"] * 3
    assert column(visitor, "method") == ascending
    head(visitor, "Method").get_by_role("button").click()
    expect(head(visitor, "Method")).to_have_attribute("aria-sort", "descending")
    assert column(visitor, "method") == ascending[::-1]


def test_the_table_is_empty_where_nothing_was_asked_for(visit: Visit) -> None:
    visitor = visit("/chat")
    expect(visitor.at("network-empty")).to_contain_text(
        "No network events yet. Trigger a demo action to populate this table."
    )
    expect(visitor.at("network-count")).to_have_text("0")


def test_a_narrow_screen_shows_every_row_without_scrolling_sideways(visit: Visit) -> None:
    visitor = visit("/", viewport={"width": 768, "height": 780})
    three_requests(visitor)
    for width in (768, 360):
        visitor.page.set_viewport_size({"width": width, "height": 780})
        assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        row = visitor.at("network-row").first
        row.scroll_into_view_if_needed()
        box = row.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        expect(row.get_by_role("cell", name="404")).to_be_visible()
