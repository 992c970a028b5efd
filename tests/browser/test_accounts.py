"""Registering, signing in and out, and moderating."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, expect

from tests.browser.scenes import name, text
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import Site

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


def test_a_browser_whose_session_is_ended_elsewhere_is_told_at_once(visit: Visit) -> None:
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
        "Your session was ended from another browser", timeout=SOON_MS
    )
    expect(lost.at("current-user")).to_have_count(0)
    lost.expect_connection("live")
    expect(lost.at("chat-input")).to_have_value("a draft")
    body = text()
    lost.post(body)
    member.page.goto("/chat")
    expect(member.message(body).get_by_test_id("chat-author")).to_contain_text("demo", timeout=SOON_MS)


def test_a_reset_link_lets_a_member_in_again_and_its_code_leaves_the_address(
    visit: Visit, new_context: NewContext, site: Site
) -> None:
    member, username = visit("/register"), name()
    member.register(username)
    link = site.run("user", "reset", username)
    lost = Visitor(new_context().new_page())
    lost.page.goto(link)
    expect(lost.page).to_have_url(f"{site.url}/recover", timeout=SOON_MS)
    expect(lost.at("field-code")).to_have_value(link.rpartition(".")[2], timeout=SOON_MS)
    expect(lost.at("field-login")).to_have_value(username)
    lost.expect_connection("live")
    lost.at("field-password").fill("seven quiet herons")
    lost.at("submit").click()
    expect(lost.at("current-user")).to_have_text(username, timeout=SOON_MS)

    lost.page.goto("/account")
    lost.at("make-codes").click(timeout=SOON_MS)
    expect(lost.at("recovery-codes")).to_have_value(re.compile(r"^([0-9A-Z-]{29}\s?){10}$"), timeout=SOON_MS)
    expect(lost.at("codes-left")).to_have_text("10 of 10 left")
    lost.page.reload()
    expect(lost.at("codes-left")).to_have_text("10 of 10 left", timeout=SOON_MS)
    expect(lost.at("recovery-codes")).to_have_value("")
    lost.at("field-old").fill("seven quiet herons")
    lost.at("field-new").fill("correct horse battery")
    expect(lost.at("field-end_others")).to_be_checked()
    lost.at("change-password").click()
    expect(lost.at("field-old")).to_have_value("", timeout=SOON_MS)
    expect(lost.at("session-row")).to_have_count(1, timeout=SOON_MS)


def test_a_passkey_is_added_named_used_to_sign_in_and_removed(visit: Visit) -> None:
    member, username = visit("/register"), name()
    member.register(username)
    device = member.page.context.new_cdp_session(member.page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    made = {"options": options | {"isUserVerified": True, "automaticPresenceSimulation": True}}
    device.send("WebAuthn.addVirtualAuthenticator", made)
    member.page.goto("/account")
    panel = member.page.locator("[data-panel=passkeys]")
    panel.get_by_test_id("field-name").fill("My phone", timeout=SOON_MS)
    panel.get_by_test_id("add-passkey").click()
    expect(member.at("passkey-row")).to_contain_text("My phone", timeout=SOON_MS)
    expect(member.at("security-row").first).to_contain_text("Passkey added")
    panel.get_by_test_id("add-passkey").click()
    expect(panel.get_by_role("alert").first).to_contain_text("No passkey was used", timeout=SOON_MS)

    member.at("sign-out").click()
    expect(member.at("current-user")).to_have_count(0, timeout=SOON_MS)
    member.page.goto("/sign-in?next=/account")
    member.at("passkey-sign-in").click(timeout=SOON_MS)
    expect(member.at("current-user")).to_have_text(username, timeout=SOON_MS)
    row = member.at("passkey-row")
    expect(row).to_contain_text("last used", timeout=SOON_MS)
    row.get_by_test_id("remove-passkey").click()
    expect(row).to_have_count(0, timeout=SOON_MS)


def test_whoever_leaves_does_so_by_keyboard_without_a_script(visit: Visit, new_context: NewContext) -> None:
    member, username = visit("/register"), name()
    member.register(username)
    kept = member.page.context.storage_state()
    page = new_context(
        java_script_enabled=False, storage_state=kept, viewport={"width": 390, "height": 844}
    ).new_page()
    page.goto("/leave")
    taken = page.locator("[data-panel=export]")
    taken.get_by_test_id("field-password").fill("correct horse battery")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert username in download.value.path().read_text()
    page.get_by_test_id("field-messages-keep").focus()
    page.keyboard.press("Space")
    page.get_by_test_id("field-sure-on").focus()
    page.keyboard.press("Space")
    page.get_by_test_id("leave").press("Enter")
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible(timeout=SOON_MS)
    expect(member.at("current-user")).to_have_count(0, timeout=SOON_MS)
    page.goto("/chat")  # what was cleared along with it is needed no more
    expect(page.get_by_role("heading").first).to_be_visible()
