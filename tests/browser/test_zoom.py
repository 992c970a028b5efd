"""At 200 % everything works: a desktop at twice its size is 720 px wide and half as high."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.scenes import link, text
from tests.browser.showcase import TABS, open_tab
from tests.browser.test_pages import TOO_WIDE, more_rooms
from tests.browser.visitor import SOON_MS, PasserBy, Visitor
from tests.site import Site

Visit = Callable[..., Visitor]
TWICE: dict[str, Any] = {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}


OUTSIDE = """() => [...document.querySelectorAll("main *")].filter((element) => {
  if (getComputedStyle(element).position !== "absolute") return false;
  for (let around = element.parentElement; around; around = around.parentElement) {
    const { position, contain, overflowX, overflowY } = getComputedStyle(around);
    if (position !== "static" || contain.includes("layout")) return false;
    if (/auto|scroll/.test(overflowX + overflowY)) return true;
  }
}).map((element) => element.outerHTML)"""
"""Elements in a region that scrolls which are placed by something around it, so that they reach past its edge."""
IN_TWO_LINES = """(all) => all.filter((each) => each.checkVisibility()).flatMap((each) => {
  const found = [], walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    for (const { index, 0: word } of walker.currentNode.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      const range = new Range();
      range.setStart(walker.currentNode, index);
      range.setEnd(walker.currentNode, index + word.length);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word);
    }
  }
  return found;
})"""
"""Words that go on in a second line."""
CUT_OFF = """(all) => all.filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 160))"""
"""Elements that say more than is seen of them."""
PAST_THE_EDGE = """(all) => all.filter((each) => each.checkVisibility() &&
  each.getBoundingClientRect().right > each.closest(".panel").getBoundingClientRect().right)
  .map((each) => each.outerHTML.slice(0, 160))"""
OVERLAPPING = """(all) => all.filter((each) => each.checkVisibility())
  .map((each) => [each, each.getBoundingClientRect()])
  .flatMap(([one, a], n, boxes) => boxes.slice(n + 1).filter(([, b]) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length"""
LINES = """(all) => {
  const top = (each) => Math.round(each.getBoundingClientRect().top);
  return all.flatMap((row) => [".room-form:first-child", ".room-form:nth-child(2)", ".room-actions"].filter((part) =>
    new Set([...row.querySelectorAll(`${part} > :is(button, input:not([type=hidden]))`)].map(top)).size > 1
  ).map((part) => `${row.dataset.slug} ${part}`));
}"""
"""Controls of one form that stand in several lines."""
MORE_ROOMS = """(list) => list.append(...Array.from({ length: 6 }, (_, n) => {
  const room = list.firstElementChild.cloneNode(true);
  const unread = Object.assign(document.createElement("span"), { className: "room-unread", textContent: n });
  const words = { className: "visually-hidden", textContent: " unread" };
  unread.append(Object.assign(document.createElement("span"), words));
  room.firstElementChild.append(unread);
  return room;
}))"""


def expect_in_reach(target: Locator, *, ratio: float = 0.5) -> None:
    """Scroll to it and see it."""
    target.scroll_into_view_if_needed()
    expect(target).to_be_in_viewport(ratio=ratio)


def test_at_twice_the_size_a_room_is_in_reach(visit: Visit) -> None:
    visitor = visit("/chat", **TWICE)
    visitor.post("hello from twice the size")
    for test_id in ("chat-input", "chat-send", "log-panel", "connection"):
        expect_in_reach(visitor.at(test_id))


@pytest.mark.parametrize("path", ["/", "/chat"])
def test_hidden_words_of_what_scrolls_make_no_page_wider(visit: Visit, path: str) -> None:
    visitor = visit(path, viewport={"width": 390, "height": 844})
    visitor.post(body := text())
    visitor.expect_message(body)
    visitor.page.locator(".room-links").evaluate(MORE_ROOMS)
    if path == "/chat":
        visitor.at("search-input").fill(body)
        visitor.at("search-input").press("Enter")
        expect(visitor.at("search-hit").first).to_be_visible(timeout=SOON_MS)
    assert visitor.page.evaluate(OUTSIDE) == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("path", ["/", "/chat", "/leave"])
def test_letters_twice_as_large_fit_a_phone(
    new_context: Callable[..., BrowserContext], passer_by: PasserBy, path: str
) -> None:
    passer_by.post(said := text())
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    sizes = {"fontSizes": {"standard": 32, "fixed": 26}}
    page.context.new_cdp_session(page).send("Page.setFontSizes", sizes)
    visitor = Visitor.arrive(page, path)
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    brand = page.locator(".brand")
    assert brand.evaluate("(it) => it.getBoundingClientRect().height") < 120
    expect_in_reach(visitor.at("connection"), ratio=1)
    if path == "/leave":
        return
    visitor.post(own := text())
    visitor.expect_message(own)
    for body in (said, own):
        row = visitor.message(body)
        opens = row.locator(".message-menu > summary").first
        opens.click()
        for choice in row.locator(".message-choices").first.get_by_role("button").all():
            expect_in_reach(choice, ratio=0.9)
        assert page.evaluate(TOO_WIDE) == []
        opens.click()


@pytest.mark.sections("live")
def test_letters_twice_as_large_cut_no_word_on_the_narrowest_phone(visit: Visit) -> None:
    visitor = visit("/", viewport={"width": 160, "height": 284}, device_scale_factor=2)
    visitor.post(body := text())
    visitor.expect_message(body)
    expect(visitor.page.locator(".first-trace .trace-span").first).to_be_attached(timeout=SOON_MS)
    for words in (".hero-claim", ".crossing-layer", ".trace-station-name", ".fold-head", ".second-head"):
        expect(visitor.page.locator(words)).not_to_have_count(0)
        assert visitor.page.locator(words).evaluate_all(IN_TWO_LINES) == [], words
    name = visitor.page.locator(".first-trace .trace-name").last
    assert name.evaluate("(it) => it.clientWidth") > 64
    for whole in (".first-sum", ".fact-unknown", ".trace-station", ".log-controls"):
        assert visitor.page.locator(whole).evaluate_all(CUT_OFF) == [], whole


def test_the_narrowest_phone_cuts_no_row_of_the_log_and_lays_no_control_over_another(visit: Visit) -> None:
    visitor = visit("/", viewport={"width": 320, "height": 568}, has_touch=True)
    expect(visitor.at("log-row")).not_to_have_count(0, timeout=SOON_MS)
    panel = visitor.at("log-panel")
    assert panel.locator(".log-row > *").evaluate_all(PAST_THE_EDGE) == []
    assert panel.locator(".log-controls :is(button, input, select)").evaluate_all(OVERLAPPING) == 0


def test_a_turned_phone_has_the_links_of_a_guest_in_one_row(visit: Visit) -> None:
    page = visit("/chat", viewport={"width": 844, "height": 390}).page
    page.locator(".nav > .nav-link").evaluate_all("(all) => all.slice(6).forEach((each) => each.remove())")
    places = "(all) => new Set(all.map((each) => Math.round(each.getBoundingClientRect().top))).size"
    assert page.locator(".nav-link").evaluate_all(places) == 1


@pytest.mark.sections("live", "capabilities")
def test_at_twice_the_size_the_home_page_does_all_it_does(visit: Visit) -> None:
    visitor, body = visit("/", **TWICE), text()
    visitor.post(body)
    visitor.expect_message(body)
    for tab in TABS:
        expect_in_reach(open_tab(visitor, tab).get_by_test_id("fact").first)
    assert visitor.page.evaluate(TOO_WIDE) == []
    visitor.at("network-row").filter(has_text="chat.send").click()
    expect(visitor.at("trace").get_by_test_id("trace-span").first).to_be_visible(timeout=SOON_MS)
    expect_in_reach(visitor.at("trace").get_by_test_id("trace-span").last)
    visitor.at("trace-close").click()
    expect(visitor.at("trace")).to_have_count(0)


def test_at_twice_the_size_a_moderator_decides(
    passer_by: PasserBy, as_moderator: Callable[..., BrowserContext]
) -> None:
    good, bad = link(), link()
    passer_by.post(good)
    passer_by.post(bad)
    moderator = Visitor.arrive(as_moderator(**TWICE).new_page(), "/moderation")
    rows = moderator.at("moderation-row")
    for body, decision in ((good, "moderation-approve"), (bad, "moderation-remove")):
        button = rows.filter(has_text=body).get_by_test_id(decision)
        expect_in_reach(button, ratio=1)
        button.click()
        expect(rows.filter(has_text=body)).to_have_count(0, timeout=SOON_MS)
    expect_in_reach(moderator.at("audit-row").first)
    assert moderator.page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("width", [768, 900, 1024, 1280])
def test_the_controls_of_a_room_stand_in_one_line_each_way_for_every_room(
    as_moderator: Callable[..., BrowserContext], site: Site, width: int
) -> None:
    with more_rooms(site):
        context = as_moderator(viewport={"width": width, "height": 800})
        moderator = Visitor.arrive(context.new_page(), "/moderation")
        expect(moderator.at("room-row").nth(4)).to_be_visible(timeout=SOON_MS)
        assert moderator.at("room-row").evaluate_all(LINES) == [], width
