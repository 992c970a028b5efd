"""The four tabs show the visitor's own facts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.scenes import text
from tests.browser.showcase import TABS, open_tab, shown_panel
from tests.browser.test_accessibility import violations
from tests.browser.visitor import SOON_MS, Visitor

pytestmark = pytest.mark.sections("live", "capabilities")

Visit = Callable[..., Visitor]
STILL = {"reduced_motion": "reduce"}


def test_a_guest_posts_and_sees_their_own_hand_offs(visit: Visit) -> None:
    visitor = visit("/", **STILL)
    expect(open_tab(visitor, "Boundary-safe flows")).to_contain_text("No message of yours yet.")
    body = text()
    visitor.post(f"  {body} ")

    stretches = visitor.at("crossing-stretch")
    expect(stretches).to_have_count(4, timeout=SOON_MS)
    for position, layer in enumerate(("http", "app", "domain", "infra")):
        expect(stretches.nth(position)).to_have_attribute("data-layer", layer)
        expect(stretches.nth(position)).not_to_contain_text(f"{layer} 0 ")
    handoffs = shown_panel(visitor).get_by_test_id("handoff")
    expect(handoffs).to_have_count(4, timeout=SOON_MS)
    for position, layer in enumerate(("http", "app", "domain", "infra")):
        expect(handoffs.nth(position)).to_have_attribute("data-layer", layer)
        held = f"'  {body} '" if layer in ("http", "app") else f"'{body}'"
        expect(handoffs.nth(position).get_by_text(held, exact=True)).to_be_visible()
    emitted = open_tab(visitor, "Observability").get_by_test_id("fact")
    expect(emitted.filter(has_text="INSERT INTO messages")).to_have_count(1, timeout=SOON_MS)
    expect(open_tab(visitor, "Auth durability")).to_contain_text("table sessions")
    expect(open_tab(visitor, "Live chat delivery")).to_contain_text("of 5 in 10 s")


def test_the_hand_offs_are_those_of_the_newest_post(visit: Visit) -> None:
    visitor = visit("/", **STILL)
    panel = open_tab(visitor, "Boundary-safe flows")
    for body in (text(), text()):
        visitor.post(body)
        expect(panel.get_by_test_id("handoff").filter(has_text=body)).to_have_count(4, timeout=SOON_MS)


def test_tabs_are_walked_with_arrow_keys_and_lead_into_their_panel(visit: Visit) -> None:
    visitor = visit("/", **STILL)
    visitor.page.get_by_role("tab", name=TABS[0]).focus()
    for key, name in (
        ("ArrowRight", TABS[1]),
        ("End", TABS[3]),
        ("ArrowRight", TABS[0]),
        ("ArrowLeft", TABS[3]),
    ):
        visitor.page.keyboard.press(key)
        expect(visitor.page.get_by_role("tab", name=name)).to_be_focused()
        expect(visitor.page.get_by_role("tab", selected=True)).to_have_text(name)
    visitor.page.keyboard.press("Tab")
    expect(shown_panel(visitor)).to_be_focused()


def test_everything_a_tab_says_in_words_is_readable_without_javascript(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    expect(page.get_by_test_id("tab-panel").filter(visible=True)).to_have_count(len(TABS))


def test_a_member_revokes_the_session_of_another_browser(visit: Visit) -> None:
    member, elsewhere = visit("/register", **STILL), visit("/sign-in", **STILL)
    username = f"u{text()[-8:]}"
    member.register(username)
    elsewhere.sign_in(username)
    expect(elsewhere.at("current-user")).to_have_text(username, timeout=SOON_MS)
    member.page.goto("/account")
    expect(member.at("session-row")).to_have_count(2, timeout=SOON_MS)
    assert violations(member) == []

    member.page.locator("[data-testid=session-row][data-current=false]").get_by_test_id(
        "session-revoke"
    ).click()

    expect(member.at("session-row")).to_have_count(1, timeout=SOON_MS)
    expect(elsewhere.at("session-notice")).to_be_visible(timeout=SOON_MS)
