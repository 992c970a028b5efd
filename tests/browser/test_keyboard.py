"""The site by keyboard alone: posting, moderating, accounts, links and theme."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.keyboard import Keyboard
from tests.browser.scenes import REFUSED, link, name, text
from tests.browser.test_pages import more_rooms
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import Site

pytestmark = pytest.mark.sections("live")

Visit = Callable[..., Visitor]
PASSWORD = "correct horse battery"


def test_a_visitor_registers_leaves_signs_in_and_posts_by_keyboard(visit: Visit) -> None:
    visitor, username, body = visit("/"), name(), text()
    page, keys = visitor.page, Keyboard(visitor.page)
    keys.go_to(page.get_by_role("navigation").get_by_role("link", name="Register"))
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Register")
    keys.write(visitor.at("field-email"), f"{username}@example.org")
    keys.write(visitor.at("field-username"), username)
    keys.write(visitor.at("field-password"), PASSWORD)
    keys.press("Enter")
    expect(visitor.at("current-user")).to_have_text(username, timeout=SOON_MS)
    keys.go_to(visitor.at("sign-out"))
    page.keyboard.press("Space")
    expect(visitor.at("current-user")).to_have_count(0, timeout=SOON_MS)
    visitor.expect_connection("live")
    keys.go_to(page.get_by_role("navigation").get_by_role("link", name="Sign in"))
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Sign in")
    keys.write(page.locator("#email"), username)
    keys.write(visitor.at("field-password"), PASSWORD)
    keys.go_to(visitor.at("submit"))
    page.keyboard.press("Space")
    expect(visitor.at("current-user")).to_have_text(username, timeout=SOON_MS)
    visitor.expect_connection("live")
    keys.write(visitor.at("chat-input"), body)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    keys.press("Enter")
    row = visitor.at("chat-message").filter(has_text=body)
    expect(row.get_by_test_id("chat-body")).to_have_text(f"{body}\nsecond line", timeout=SOON_MS)
    expect(row.get_by_test_id("chat-author")).to_have_text(username)


def test_a_refused_post_is_retried_and_discarded_by_keyboard(visit: Visit) -> None:
    visitor = visit("/chat")
    keys, refused = Keyboard(visitor.page), visitor.message(REFUSED)
    keys.write(visitor.at("chat-input"), REFUSED)
    keys.press("Enter")
    visitor.expect_message(REFUSED, "failed")
    keys.back_to(refused.get_by_role("button", name="Retry"))
    keys.press("Enter")
    visitor.expect_message(REFUSED, "failed")
    assert keys.has_focus(visitor.at("chat-log")), "the button went away, its region has the focus"
    keys.go_to(refused.get_by_role("button", name="Discard"))
    keys.press("Space")
    expect(refused).to_have_count(0)
    assert keys.has_focus(visitor.at("chat-log"))


def test_tab_stops_at_one_message_and_arrow_keys_walk_along_the_others(visit: Visit) -> None:
    visitor, bodies = visit("/chat"), [text(), text()]
    for body in bodies:
        visitor.post(body)
        visitor.expect_message(body)
    keys = Keyboard(visitor.page)
    above, last = (visitor.message(body).get_by_test_id("message-trace") for body in bodies)
    menu = visitor.message(bodies[0]).get_by_test_id("message-menu").locator("summary")
    keys.go_to(visitor.at("chat-input"))
    keys.back_to(last)
    keys.press("ArrowUp")
    assert keys.has_focus(above)
    keys.press("Tab")
    assert keys.has_focus(menu), "the row that the arrows are at has its controls"
    opened = visitor.message(bodies[0]).get_by_test_id("message-menu").get_by_test_id("message-reply")
    keys.press("Enter")
    expect(opened).to_be_visible()
    keys.press("Tab")
    visitor.page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    assert keys.has_focus(menu)
    keys.press("ArrowDown")
    assert keys.has_focus(visitor.message(bodies[1]).get_by_test_id("message-menu").locator("summary"))
    assert visitor.page.locator("[data-testid=chat-message] summary[tabindex='0']").count() == 1


def test_a_moderator_decides_by_keyboard(visit: Visit, as_moderator: Callable[..., BrowserContext]) -> None:
    author, good, bad, late = visit("/chat"), link(), link(), f"האם {link()}"
    for body in (good, bad, late):
        author.post(body)
        author.expect_message(body, "pending")
    moderator = Visitor.arrive(as_moderator().new_page(), "/")
    keys, rows = Keyboard(moderator.page), moderator.at("moderation-row")

    def control(body: str, test_id: str) -> Locator:
        return rows.filter(has_text=body).get_by_test_id(test_id)

    keys.go_to(moderator.page.get_by_role("navigation").get_by_role("link", name="Moderation"))
    keys.press("Enter")
    expect(rows.filter(has_text=late)).to_have_count(1, timeout=SOON_MS)
    for body, direction in ((late, "rtl"), (good, "ltr")):
        words = rows.filter(has_text=body).locator(".queue-body")
        assert words.evaluate("element => getComputedStyle(element).direction") == direction
    keys.press("a")
    keys.press("r")  # the focus is outside of the queue: nothing is decided
    expect(control(good, "moderation-approve")).to_have_accessible_name(f"Approve: {good}")
    keys.go_to(control(good, "moderation-approve"))
    for pressed, body in (("j", bad), ("ArrowDown", late), ("k", bad), ("ArrowUp", good)):
        keys.press(pressed)
        assert keys.has_focus(control(body, "moderation-approve")), pressed
    keys.press("Control+a")  # the browser's own
    keys.press("Tab")
    assert keys.has_focus(control(good, "moderation-remove"))
    keys.press("a")
    expect(rows.filter(has_text=good)).to_have_count(0, timeout=SOON_MS)
    author.expect_message(good)
    group = moderator.page.get_by_role("group", name="Waiting messages")
    assert keys.has_focus(group)
    keys.press("r")  # no message has the focus
    keys.press("j")
    assert keys.has_focus(control(bad, "moderation-approve")), "where the one before was"
    keys.press("r")
    expect(author.message(bad)).to_have_count(0, timeout=SOON_MS)
    expect(author.at("chat-removed").filter(has_text=bad)).to_contain_text("A moderator removed this message")
    expect(rows.filter(has_text=bad)).to_have_count(0, timeout=SOON_MS)
    author.expect_message(late, "pending")
    keys.go_to(control(late, "moderation-remove"))
    keys.press("Space")
    expect(author.message(late)).to_have_count(0, timeout=SOON_MS)


def test_the_skip_link_leads_past_the_header(visit: Visit) -> None:
    visitor = visit("/chat")
    keys = Keyboard(visitor.page)
    keys.press("Tab")
    assert keys.has_focus(visitor.page.get_by_role("link", name="Skip to content"))
    visitor.page.keyboard.press("Enter")
    keys.press("Tab")
    assert visitor.page.evaluate("document.activeElement.closest('main') !== null")
    visitor.expect_connection("live")


@pytest.mark.parametrize(
    ("system", "modes"), [("light", ("dark", "system")), ("dark", ("light", "dark", "system"))]
)
def test_the_theme_is_switched_by_keyboard_and_keeps_the_focus(
    visit: Visit, system: Literal["light", "dark"], modes: tuple[str, ...]
) -> None:
    visitor = visit("/chat", color_scheme=system)
    keys, switch = Keyboard(visitor.page), visitor.page.get_by_role("button", name="Theme:")
    keys.go_to(switch)
    for chosen in modes:
        keys.press("Space")
        expect(switch).to_have_accessible_name(re.compile(f"^Theme: {chosen}"))
        assert keys.has_focus(switch)
    expect(visitor.page.locator("html")).to_have_class(system)


def test_a_control_that_goes_away_when_it_is_pressed_leaves_the_focus_where_it_was(
    visit: Visit, as_moderator: Callable[..., BrowserContext], site: Site
) -> None:
    visit("/chat").post(held := link())
    with more_rooms(site):
        moderator = Visitor.arrive(as_moderator().new_page(), "/moderation")
        keys, room = Keyboard(moderator.page), moderator.at("room-row").last
        other = Visitor.arrive(as_moderator().new_page(), "/moderation").at("room-row").last
        slug = room.get_attribute("data-slug")
        for pressed, follows in (("Archive the room", "Reopen"), ("Reopen", "Archive the room")):
            room.get_by_role("button", name=f"{pressed}: {slug}", exact=True).focus()
            keys.press("Enter")
            expect(room.get_by_role("button", name=follows)).to_be_visible(timeout=SOON_MS)
            assert room.evaluate("(row) => row.contains(document.activeElement)"), pressed
            expect(other.get_by_role("button", name=follows)).to_be_visible(timeout=SOON_MS)
        asked = moderator.at("moderation-row").filter(has_text=held)
        asked.locator("summary").click()
        asked.get_by_role("button", name="Mute for 10 minutes").click()
        lift = moderator.at("mute-row").get_by_role("button")
        expect(lift).not_to_have_count(0, timeout=SOON_MS)
        while (left := lift.count()) > 0:
            lift.last.focus()
            keys.press("Enter")
            expect(lift).to_have_count(left - 1, timeout=SOON_MS)
        assert keys.has_focus(moderator.page.get_by_role("group", name="Muted and banned"))
        box = moderator.page.locator("[data-panel=muted]").bounding_box()
        assert box
        assert box["height"] <= 120, "nothing empty is large"
        moderator.page.get_by_role("button", name="Dismiss").focus()
        keys.press("Enter")
        expect(moderator.at("author-notice")).to_have_count(0, timeout=SOON_MS)
        assert keys.has_focus(moderator.page.get_by_role("group", name="Notices"))


def test_ending_all_other_sessions_leaves_the_focus_at_their_list(visit: Visit) -> None:
    member, username = visit("/chat"), name()
    member.register(username)
    other = visit("/chat")
    other.sign_in(username)
    expect(other.at("current-user")).to_have_text(username, timeout=SOON_MS)
    member.page.goto("/account")
    keys = Keyboard(member.page)
    keys.go_to(member.at("revoke-others"))
    keys.press("Enter")
    expect(member.at("revoke-others")).to_have_count(0, timeout=SOON_MS)
    assert keys.has_focus(member.page.get_by_role("group", name="Sessions"))
