"""Registering, signing in and out, and moderating."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, expect

from tests.browser.scenes import name, text
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]
NewContext = Callable[..., BrowserContext]


def _session_cookie(visitor: Visitor) -> Any:
    found = visitor.page.context.cookies()
    [cookie] = [
        each for each in found if each.get("name", "").startswith("portfolio_session_")
    ]  # and the port
    return cookie


def test_signing_in_changes_every_tab_of_the_browser(visit: Visit) -> None:
    visitor, username, body = visit("/chat"), name(), text()
    before = _session_cookie(visitor)
    second = visitor.second_tab("/register")
    second.register(username)
    expect(visitor.at("current-user")).to_have_text(username, timeout=SOON_MS)
    after = _session_cookie(visitor)
    assert after["name"] == before["name"]
    assert before["value"] != after["value"]
    assert after["httpOnly"]
    assert after["sameSite"] == "Lax"
    assert "portfolio_session" not in visitor.page.evaluate("document.cookie")

    visitor.post(body)
    visitor.expect_message(body)
    expect(visitor.message(body).get_by_test_id("chat-author")).to_have_text(username)
    second.page.goto("/moderation")
    expect(second.page.get_by_text("For moderators only.")).to_be_visible(timeout=SOON_MS)
    expect(second.at("moderation-row")).to_have_count(0)
    expect(second.at("audit-row")).to_have_count(0)
    second.page.close()

    visitor.at("sign-out").click()
    expect(visitor.at("current-user")).to_have_count(0, timeout=SOON_MS)
    visitor.sign_in(username, "not the password")
    expect(visitor.at("form-error")).to_be_visible(timeout=SOON_MS)
    wrong_password = visitor.at("form-error").inner_text()
    visitor.sign_in(name(), "not the password")
    expect(visitor.at("form-error")).to_have_text(wrong_password, timeout=SOON_MS)
    visitor.at("field-username").fill(username)
    visitor.at("field-password").fill("correct horse battery")
    visitor.at("submit").click()
    expect(visitor.at("current-user")).to_have_text(username, timeout=SOON_MS)


def test_a_held_message_is_its_authors_alone_until_a_moderator_approves_it(
    visit: Visit, as_moderator: NewContext
) -> None:
    moderator = Visitor(as_moderator().new_page())
    author, reader = visit("/chat"), visit("/chat")
    held, kept_out = f"see https://example.org/{text()[6:]}", f"www.example.org {text()}"
    author.post(held)
    author.post(kept_out)
    author.expect_message(held, "pending")
    author.expect_message(kept_out, "pending")
    moderator.page.goto("/moderation")
    row = moderator.at("moderation-row")
    row.filter(has_text=held).get_by_test_id("moderation-approve").click(timeout=SOON_MS)
    reader.expect_message(held)
    author.expect_message(held)
    row.filter(has_text=kept_out).get_by_test_id("moderation-remove").click()
    expect(author.message(kept_out)).to_have_count(0, timeout=SOON_MS)
    expect(reader.message(kept_out)).to_have_count(0)
    expect(row.filter(has_text=held)).to_have_count(0)
    expect(row.filter(has_text=kept_out)).to_have_count(0, timeout=SOON_MS)
    late = f"see https://example.org/{text()[6:]}"
    author.post(late)
    expect(row.filter(has_text=late)).to_be_visible(timeout=SOON_MS)
    expect(moderator.at("audit-row").filter(has_text="message.approved").first).to_be_visible(timeout=SOON_MS)


def test_a_browser_whose_session_is_ended_elsewhere_is_told_at_once_and_gives_a_draft_to_its_member_alone(
    visit: Visit,
) -> None:
    lost, username = visit("/register"), name()
    lost.register(username)
    lost.page.goto("/chat")
    lost.at("chat-input").fill("a draft")
    member = visit("/sign-in")
    member.sign_in(username)
    expect(member.at("current-user")).to_have_text(username, timeout=SOON_MS)
    expect(lost.at("account-news")).to_contain_text("New sign-in to your account", timeout=SOON_MS)
    member.page.goto("/account")
    member.page.get_by_role("button", name="Revoke").click(timeout=SOON_MS)
    expect(lost.at("session-notice")).to_contain_text(
        "Your session was ended from another browser or by a moderator", timeout=SOON_MS
    )
    expect(lost.at("current-user")).to_have_count(0)
    lost.expect_connection("live")
    expect(lost.at("chat-input")).to_have_value("")  # who sits there now may be somebody else
    body = text()
    lost.post(body)
    member.page.goto("/chat")
    expect(member.message(body).get_by_test_id("chat-author")).to_contain_text("demo", timeout=SOON_MS)
    lost.at("session-notice").get_by_role("link", name="Sign in again").click()
    lost.at("field-username").fill(username)
    lost.at("field-password").fill("correct horse battery")
    lost.at("submit").click()
    expect(lost.at("current-user")).to_have_text(username, timeout=SOON_MS)
    expect(lost.at("chat-input")).to_have_value("a draft", timeout=SOON_MS)
