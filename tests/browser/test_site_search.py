"""Looking for words in the articles and pages: the index comes over the same line as everything else."""

import json
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Route, expect

from tests.browser.visitor import SOON_MS, Visitor

INDEX = "**/search.json"
PAGES = json.dumps([["/work", "Work", "What was built", "a boat and a bridge"]])


def said(visitor: Visitor) -> Locator:
    return visitor.page.locator("search").get_by_role("status")


def look_for(visitor: Visitor, words: str) -> None:
    visitor.page.get_by_label("Words").fill(words)


def test_while_the_index_is_on_its_way_nothing_is_said_to_be_missing(visit: Callable[..., Visitor]) -> None:
    visitor, asked = visit("/search"), list[Route]()

    def hold(route: Route) -> None:
        asked.append(route)

    visitor.page.route(INDEX, hold)
    with visitor.page.expect_request(INDEX):
        look_for(visitor, "boat")
    expect(said(visitor)).to_have_text("Reading the index…")
    asked[0].fulfill(body=PAGES, content_type="application/json")
    expect(said(visitor)).to_have_text("1 page found", timeout=SOON_MS)
    look_for(visitor, "boats")
    expect(said(visitor)).to_have_text("0 pages found")
    look_for(visitor, "boat")
    visitor.page.get_by_role("navigation").get_by_role("link", name="Writing").click()
    expect(visitor.page.locator("h1")).to_have_text("Writing")
    visitor.page.go_back()
    expect(visitor.page.locator("h1")).to_have_text("Search")
    look_for(visitor, "boat")
    expect(said(visitor)).to_have_text("1 page found", timeout=SOON_MS)  # the index is here already


def test_an_index_that_could_not_be_read_is_read_again_and_says_so_no_more(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit("/search")
    visitor.page.route(INDEX, lambda route: route.abort())
    look_for(visitor, "boat")
    expect(said(visitor)).to_have_text("The index can't be read now.", timeout=SOON_MS)
    visitor.page.unroute(INDEX)
    visitor.page.route(INDEX, lambda route: route.fulfill(body=PAGES, content_type="application/json"))
    look_for(visitor, "boat and")
    expect(said(visitor)).to_have_text("1 page found", timeout=SOON_MS)


def test_what_is_looked_for_is_there_before_the_scripts_are_and_after_a_result_was_opened(
    new_context: Callable[..., BrowserContext],
) -> None:
    page, held = new_context().new_page(), list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/*.js", hold)
    page.route(INDEX, lambda route: route.fulfill(body=PAGES, content_type="application/json"))
    page.goto("/search", wait_until="commit")
    visitor = Visitor(page)
    look_for(visitor, "bridge")
    page.unroute("**/*.js")
    for route in held:
        route.continue_()
    expect(said(visitor)).to_have_text("1 page found", timeout=SOON_MS)
    page.locator("search").get_by_role("link", name="Work").click()
    expect(page.locator("h1")).to_have_text("Work")
    page.go_back()
    expect(page.get_by_label("Words")).to_have_value("bridge")
    expect(said(visitor)).to_have_text("1 page found")
    page.reload()
    expect(said(visitor)).to_have_text("1 page found", timeout=SOON_MS)


def test_words_are_found_with_their_accents_or_without(visit: Callable[..., Visitor]) -> None:
    visitor = visit("/search")
    pages = json.dumps([["/resume", "R\u00e9sum\u00e9", "A cafe", "\u0939\u093f\u0928\u094d\u0926\u0940"]])
    visitor.page.route(INDEX, lambda route: route.fulfill(body=pages, content_type="application/json"))
    for words in (
        "resume",
        "R\u00c9SUM\u00c9",
        "re\u0301sume\u0301",
        "caf\u00e9",
        "\u0939\u093f\u0928\u094d\u0926\u0940",
    ):
        look_for(visitor, words)
        expect(said(visitor)).to_have_text("1 page found", timeout=SOON_MS)
    look_for(visitor, "\u0939\u0928\u0926\u0915")
    expect(said(visitor)).to_have_text("0 pages found")


def test_words_are_found_in_another_spelling_within_a_run_and_by_emoji(visit: Callable[..., Visitor]) -> None:
    visitor = visit("/search")
    text = "istraße İstanbul ısparta ΟΔΟΣ ﬁn ＡＢＣ 你好世界这是测试 ที่นี่ party🎉"
    pages = json.dumps([["/resume", "Words", "Of many scripts", text]])
    visitor.page.route(INDEX, lambda route: route.fulfill(body=pages, content_type="application/json"))
    for words in (
        "strasse", "STRAẞE", "istanbul", "İSTANBUL", "ISPARTA", "οδος", "fin", "abc", "世界", "ที่นี่", "🎉", "party🎉",
    ):  # fmt: skip
        look_for(visitor, "nothing")
        expect(said(visitor)).to_have_text("0 pages found", timeout=SOON_MS)
        look_for(visitor, words)
        expect(said(visitor)).to_have_text("1 page found", timeout=SOON_MS)
    look_for(visitor, "🎊")
    expect(said(visitor)).to_have_text("0 pages found")
