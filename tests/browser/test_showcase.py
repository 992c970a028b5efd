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


def test_a_guest_posts_and_sees_their_own_hand_offs(visit: Visit) -> None:
    visitor = visit("/")
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
    visitor = visit("/")
    panel = open_tab(visitor, "Boundary-safe flows")
    for body in (text(), text()):
        visitor.post(body)
        expect(panel.get_by_test_id("handoff").filter(has_text=body)).to_have_count(4, timeout=SOON_MS)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_tabs_are_chosen_by_arrow_keys_and_by_their_names(
    new_context: Callable[..., BrowserContext], *, scripts: bool
) -> None:
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto("/")
    panels = page.get_by_test_id("tab-panel")
    page.get_by_role("radio", name=TABS[0]).focus()
    for key, at in (
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("ArrowLeft", 0),
        ("ArrowLeft", 3),
    ):
        page.keyboard.press(key)
        expect(page.get_by_role("radio", name=TABS[at])).to_be_focused()
        expect(panels.filter(visible=True)).to_have_count(1)
        expect(panels.nth(at)).to_be_visible()
    page.get_by_text(TABS[1], exact=True).click()
    expect(panels.nth(1)).to_be_visible()


def test_a_member_revokes_the_session_of_another_browser(visit: Visit) -> None:
    member, elsewhere = visit("/register"), visit("/sign-in")
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
