"""The same page under another clock, in forced colours, and on paper."""

import re
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.scenes import NOWHERE, text
from tests.browser.visitor import ABROAD, SOON_MS, Visitor, expect_in_zone

NewContext = Callable[..., BrowserContext]


DRAWN = """(element) => {
  const { backgroundColor, forcedColorAdjust } = getComputedStyle(element);
  const ground = getComputedStyle(document.body).backgroundColor;
  return element.getBoundingClientRect().width > 0 && backgroundColor !== ground && forcedColorAdjust === "none";
}"""
ALL_WITHIN = """() => [...document.querySelectorAll("[data-panel=chat], [data-panel=log], [data-panel=network]")]
  .every((panel) => [...panel.querySelectorAll(":not(.visually-hidden)")].every((each) =>
    !each.getClientRects().length ||
    each.getBoundingClientRect().bottom <= panel.getBoundingClientRect().bottom + 2))"""


def test_one_clock_every_bar_and_whole_sheets(visit: Callable[..., Visitor]) -> None:
    visitor, said = visit("/", timezone_id=ABROAD, viewport={"width": 390, "height": 844}), text()
    page = visitor.page
    for number in range(4):
        visitor.post(f"{said} {number}")
        visitor.expect_message(f"{said} {number}")
    for rows in ("chat-message", "log-row", "network-row"):
        expect_in_zone(visitor.at(rows).last.locator("time").first)
    visitor.at("log-trace").last.click()
    expect_in_zone(visitor.at("trace").locator("time"))
    page.keyboard.press("Escape")
    expect(page.locator(".site-footer")).to_contain_text(ABROAD)
    head = page.locator(".network thead")
    assert head.evaluate("head => head.scrollWidth <= head.clientWidth")
    assert head.locator("button").evaluate_all(
        "all => all.every((each) => each.getBoundingClientRect().right <= innerWidth)"
    )

    expect(page.get_by_role("link", name="Moderation")).to_have_count(0)

    page.emulate_media(forced_colors="active")
    for bars in (".crossing-part", ".first-trace .trace-bar"):
        expect(page.locator(bars)).not_to_have_count(0)
        page.wait_for_function(f"() => [...document.querySelectorAll('{bars}')].every({DRAWN})")

    page.emulate_media(forced_colors="none", media="print")
    page.set_viewport_size({"width": 700, "height": 990})
    page.wait_for_function(ALL_WITHIN)


def test_the_first_sheet_of_an_article_has_its_text(new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto("/work/trace-stream")
    assert marks_on_first_sheet(page.pdf()) > 1_000


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_short_page_is_one_sheet(new_context: NewContext, paper: str) -> None:
    page = new_context().new_page()
    for path in ("/sign-in", "/register", "/recover", NOWHERE):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))) == 1, path


def marks_on_first_sheet(document: bytes) -> int:
    """How many pieces of text its content stream shows."""
    found = {
        int(item[1]): item[2] for item in re.finditer(rb"(\d+) 0 obj\s*(.*?)endobj", document, re.DOTALL)
    }
    sheet = next(item for _, item in sorted(found.items()) if re.search(rb"/Type\s*/Page\b", item))
    content = re.search(rb"/Contents\s+(\d+)", sheet)
    assert content
    stream = found[int(content[1])].partition(b"stream")[2].lstrip(b"\r\n")
    return len(re.findall(rb"T[jJ]\b", zlib.decompressobj().decompress(stream)))


def test_the_audit_trail_on_paper_has_its_last_column(as_moderator: NewContext) -> None:
    page = Visitor.arrive(as_moderator().new_page(), "/moderation").page
    expect(page.get_by_test_id("audit-row").first).to_be_visible(timeout=SOON_MS)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 672, "height": 950})  # A4 within its margins
    assert page.locator(".audit").evaluate("(it) => it.getBoundingClientRect().right <= innerWidth")
