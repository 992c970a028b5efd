"""Rooms, pages and tabs that come and go: every message is shown once, and live updates go on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, PasserBy, Visitor

Visit = Callable[..., Visitor]


def shown_ids(visitor: Visitor) -> list[str | None]:
    """Message ids from top to bottom."""
    return [row.get_attribute("data-message-id") for row in visitor.at("chat-message").all()]


def expect_live(visitor: Visitor, other: Visitor | PasserBy, *earlier: str) -> str:
    """A message of somebody else arrives, and everything is there exactly once."""
    body = text()
    other.post(body)
    visitor.expect_message(body)
    for known in earlier:
        visitor.expect_message(known)
    ids = shown_ids(visitor)
    assert len(ids) == len(set(ids))
    return body


@pytest.mark.sections("live")
def test_back_and_forward_between_pages_keep_each_message_once_and_live(
    visit: Visit, passer_by: PasserBy
) -> None:
    visitor, other = visit("/"), passer_by
    page, own = visitor.page, text()
    home = page.locator("h1").inner_text()
    visitor.post(own)
    visitor.expect_message(own)
    visitor.at("chat-input").fill("half a thought")
    began = page.evaluate("scrollY")
    # Pressed where it is: it is out of sight, and coming to it would be another place to come back to.
    page.get_by_role("navigation").get_by_role("link", name="Chat").dispatch_event("click")
    expect(page.locator("h1")).to_have_text("Chat")
    seen = [own, expect_live(visitor, other, own)]
    for go, title in ((page.go_back, home), (page.go_forward, "Chat"), (page.go_back, home)):
        go()
        # The router keeps the place of the address when the next one is asked for: the page of it has to be there.
        expect(page.locator("h1")).to_have_text(title)
        visitor.expect_connection("live")
        seen.append(expect_live(visitor, other, *seen))
    assert page.url.endswith("/")
    expect(visitor.at("chat-input")).to_have_value("half a thought")
    assert began > 0
    page.wait_for_function("(began) => Math.abs(scrollY - began) < 40", arg=began)


def test_what_is_posted_while_another_page_or_another_site_is_open_is_there_on_return(
    visit: Visit, passer_by: PasserBy
) -> None:
    visitor, other = visit("/chat"), passer_by
    before = expect_live(visitor, other)
    visitor.page.get_by_role("navigation").get_by_role("link", name="Sign in").click()
    expect(visitor.page.locator("h1")).to_have_text("Sign in")
    missed = [text() for _ in range(3)]
    for body in missed:
        other.post(body)
    visitor.page.get_by_role("navigation").get_by_role("link", name="Chat").click()
    for body in (before, *missed):
        visitor.expect_message(body)
    order = [body for body in visitor.at("chat-body").all_inner_texts() if body in missed]
    assert order == missed

    visitor.page.goto("about:blank")
    meanwhile = text()
    other.post(meanwhile)
    visitor.page.go_back()
    visitor.expect_connection("live")
    expect_live(visitor, other, before, *missed, meanwhile)


def test_a_room_that_is_none_and_back_again(visit: Visit, passer_by: PasserBy) -> None:
    visitor, other = visit("/chat/lobby"), passer_by
    page = visitor.page
    seen = [expect_live(visitor, other)]
    for _ in range(2):
        page.evaluate(
            "history.pushState(null, '', '/chat/nowhere'); dispatchEvent(new PopStateEvent('popstate'))"
        )
        expect(visitor.at("chat-error")).to_contain_text("no room", timeout=SOON_MS)
        expect(visitor.at("chat-message")).to_have_count(0)
        missed = text()
        other.post(missed)
        page.go_back()
        expect(visitor.at("chat-error")).to_be_empty(timeout=SOON_MS)
        seen += [missed, expect_live(visitor, other, *seen, missed)]


def duplicate(page: Page) -> Visitor:
    """The tab again, with its session storage, as the browser's own command does it."""
    with page.context.expect_page() as opened:
        page.evaluate("void open(location.href)")
    copy = Visitor(opened.value)
    copy.expect_connection("live")
    return copy


def test_a_duplicated_tab_is_a_tab_of_its_own(visit: Visit) -> None:
    visitor, other = visit("/chat"), visit("/chat")
    own = text()
    visitor.post(own)
    visitor.expect_message(own)
    copy = duplicate(visitor.page)
    token = "sessionStorage.getItem('token')"
    copy.expect_message(own)
    body = expect_live(visitor, other, own)
    copy.expect_message(body)
    assert copy.page.evaluate(token) != visitor.page.evaluate(token)
    from_copy = text()
    copy.post(from_copy)
    for tab in (copy, visitor, other):
        tab.expect_message(from_copy)
    copy.page.close()
    expect_live(visitor, other, own, body, from_copy)
