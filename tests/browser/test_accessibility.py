"""axe finds nothing in the states of pages that matter, in either theme."""

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import BrowserContext, expect

from portfolio_app.http.content.loader import content
from tests.browser.axe import run_axe
from tests.browser.scenes import (
    fill_a_room,
    link,
    refuse_a_registration,
    refuse_a_sign_in,
    talk,
    text,
)
from tests.browser.showcase import TABS, open_tab
from tests.browser.visitor import SOON_MS, PasserBy, Visitor
from tests.site import Site

Visit = Callable[..., Visitor]
Prepare = Callable[[Visitor], object]
THEMES = ("light", "dark")
PAINTED = """document.fonts.ready.then(() => new Promise((done) => {
  const painted = () => requestAnimationFrame(() => setTimeout(() => done(true)));
  let quiet = setTimeout(painted, 100);
  const changes = new MutationObserver(() => {
    clearTimeout(quiet);
    quiet = setTimeout(painted, 100);
  });
  changes.observe(document, { subtree: true, childList: true, characterData: true });
  setTimeout(painted, 2_000);
}))"""
"""Fonts are there and no element has come or gone for a moment: axe measures colours where elements stand."""
OUTLINE = """[...document.querySelectorAll(".panel-title")].map((title) => {
  const over = title.closest("section:not(.panel)")?.querySelector(":scope > :is(header, div) :is(h1, h2)");
  return [title.textContent, Number(title.tagName[1]), Number((over ?? { tagName: "H1" }).tagName[1])];
})"""
"""Panels with the rank of their headings, and that of the section around, or of the page."""
WIDTHS = (360, 768, 1440)
BUSY: dict[str, Prepare] = {
    **({"/": fill_a_room} if content().profile.shows("live") else {}),
    "/chat": fill_a_room,
    "/sign-in": refuse_a_sign_in,
    "/register": refuse_a_registration,
}


def violations(
    visitor: Visitor, *within: str, widths: Sequence[int] = (), themes: Sequence[str] = THEMES
) -> list[str]:
    """What axe has to say, in `themes` and at each of `widths`; of the whole page unless selectors name parts of it.

    The second theme has other colours, and is otherwise the same page: it is looked at in the last width.
    """
    found = []
    for width in (several := widths or (None,)):
        if width is not None:
            visitor.page.set_viewport_size({"width": width, "height": 780})
        for theme in themes if width == several[-1] else themes[:1]:
            visitor.page.emulate_media(color_scheme=theme)
            expect(visitor.page.locator("html")).to_have_class(theme, timeout=SOON_MS)
            visitor.page.wait_for_function(PAINTED)
            rules = {} if theme == THEMES[0] else {"runOnly": ["color-contrast"]}
            for entry in run_axe(visitor.page, within, rules):
                shown = [node["html"][:120] for node in entry["nodes"]]
                found.append(f"{theme}, {width or 'as it is'}: {entry['id']}: {shown}")
    return found


@pytest.mark.parametrize("path", BUSY)
def test_a_page_in_use_has_no_violation(visit: Visit, path: str) -> None:
    visitor = visit(path)
    BUSY[path](visitor)
    # The table of requests, which the front page has alone: its log and its room are looked at in the chat.
    assert violations(visitor, *(["[data-panel=network]"] if path == "/" else [])) == []


@pytest.mark.sections("live", "capabilities")
def test_the_facts_of_a_post_have_no_violation(visit: Visit) -> None:
    visitor, body = visit("/"), text()
    visitor.post(body)
    visitor.expect_message(body)
    for tab in TABS:
        open_tab(visitor, tab)
        themes = THEMES if tab == TABS[-1] else THEMES[:1]
        assert violations(visitor, "#capabilities", themes=themes) == [], tab


def test_a_page_that_lost_its_connection_has_no_violation(visit: Visit) -> None:
    visitor = visit("/chat")
    visitor.page.context.set_offline(True)
    visitor.expect_connection("offline")
    assert violations(visitor) == []


def test_the_moderators_page_has_no_violation(
    passer_by: PasserBy, as_moderator: Callable[..., BrowserContext]
) -> None:
    held, removed = link(), link()
    passer_by.post(held)
    passer_by.post(removed)
    moderator = Visitor.arrive(as_moderator().new_page(), "/moderation")
    rows = moderator.at("moderation-row")
    rows.filter(has_text=removed).get_by_test_id("moderation-remove").click(timeout=SOON_MS)
    expect(moderator.at("audit-row").first).to_be_visible(timeout=SOON_MS)
    expect(rows.filter(has_text=held)).to_be_visible(timeout=SOON_MS)
    assert violations(moderator, widths=WIDTHS) == []


def test_a_room_of_two_days_with_a_menu_an_editor_and_results_says_when_and_has_no_violation(
    visit: Visit, site: Site
) -> None:
    slug = talk(site)
    visitor = visit(f"/chat/{slug}/{slug}-13", timezone_id="UTC")
    days = visitor.at("day").locator("time")
    expect(days).to_have_text(["Thursday, January 1, 2026", "Friday, January 2, 2026"])
    expect(days.last).to_have_attribute("datetime", "2026-01-02")
    late = visitor.page.locator(f"[data-message-id='{slug}-12'] time")
    expect(late.first).to_have_attribute("datetime", "2026-01-02T12:12:00.000Z")
    expect(late.first).to_have_attribute("title", "Friday, January 2, 2026 at 12:12:00 PM UTC")
    expect(late.last).to_have_attribute("datetime", "2026-01-02T13:00:00.000Z")
    visitor.post(own := text())
    visitor.expect_message(own)
    visitor.message(own).get_by_test_id("message-menu").locator("summary").click()
    visitor.message(own).get_by_test_id("message-edit").click()
    expect(visitor.at("edit-input")).to_have_value(own)
    visitor.at("search-input").fill("server")
    visitor.at("search-input").press("Enter")
    expect(visitor.at("search-hit")).not_to_have_count(0)
    wanted = visitor.page.locator(f"[data-message-id='{slug}-13']")
    wanted.get_by_test_id("message-menu").locator("summary").click()
    wanted.get_by_test_id("message-reply").click()
    expect(visitor.at("answering")).to_be_visible()
    assert violations(visitor, ".panel[data-panel=chat]", widths=WIDTHS) == []


@pytest.mark.parametrize("path", ["/", "/chat"])
def test_a_panel_ranks_below_the_section_it_stands_in(visit: Visit, path: str) -> None:
    outline = visit(path).page.evaluate(OUTLINE)
    beside = [(title, rank) for title, rank, above in outline if rank != above + 1]
    assert beside == []
    assert any(above == 2 for *_, above in outline) is (path == "/")
