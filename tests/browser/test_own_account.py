"""What a member does with the account, with a keyboard alone, on a phone, and without scripts."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from portfolio_app.domain.account.recovery import RecoveryCode
from tests.browser.keyboard import Keyboard
from tests.browser.scenes import name
from tests.browser.test_accessibility import violations
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import Site

Visit = Callable[..., Visitor]
NewContext = Callable[..., BrowserContext]


@dataclass(frozen=True, slots=True)
class Keys:
    """A member without a pointer."""

    page: Page

    def write(self, field: Locator, words: str) -> None:
        self._go_to(field)
        self.page.keyboard.type(words)

    def press(self, control: Locator, key: str = "Enter") -> None:
        self._go_to(control)
        self.page.keyboard.press(key)

    def _go_to(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=SOON_MS)
        keys = Keyboard(self.page)
        if keys.has_focus(self.page.locator("body")):  # of a page that was just opened
            keys.go_to(self.page.get_by_role("link", name="Skip to content"))
            self.page.keyboard.press("Enter")
        keys.go_to(target)

    def choose(self, box: Locator) -> None:
        self.press(box, "Space")


class Fingers(Keys):
    """A member with a phone."""

    def write(self, field: Locator, words: str) -> None:
        field.tap(timeout=SOON_MS)
        self.page.keyboard.type(words)

    def press(self, control: Locator, key: str = "") -> None:
        control.tap(timeout=SOON_MS)


def test_a_reset_link_lets_a_member_in_again_by_keyboard_and_its_code_leaves_the_address(
    visit: Visit, new_context: NewContext, site: Site
) -> None:
    member, username = visit("/register"), name()
    member.register(username)
    link = site.reset_link(username)
    lost = Visitor(new_context().new_page())
    lost.page.goto(link)
    expect(lost.page).to_have_url(f"{site.url}/recover", timeout=SOON_MS)
    expect(lost.at("field-code")).to_have_value(link.rpartition(".")[2], timeout=SOON_MS)
    expect(lost.at("field-login")).to_have_value(username)
    lost.expect_connection("live")
    by = Keys(lost.page)
    by.write(lost.at("field-password"), "seven quiet herons")
    by.press(lost.at("submit"))
    expect(lost.at("current-user")).to_have_text(username, timeout=SOON_MS)

    lost.page.goto("/password")
    lost.expect_connection("live")
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
    expect(lost.page).to_have_url(f"{site.url}/account", timeout=SOON_MS)
    expect(lost.at("session-row")).to_have_count(1, timeout=SOON_MS)


def with_device(member: Visitor) -> None:
    """Give the browser a device that makes passkeys and answers for its owner."""
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


def long_after_the_sign_in(site: Site, username: str) -> None:
    """The password was typed, or the passkey used, more than ten minutes ago."""
    with closing(sqlite3.connect(site.data_dir / "portfolio.db", timeout=30)) as database, database:
        of = "user_id = (SELECT id FROM users WHERE username = ?)"
        database.execute(f"UPDATE sessions SET proved_at = NULL WHERE {of}", [username])


def code_of_a_letter(site: Site, username: str) -> str:
    """A code that confirms the address of the account, as a letter would bring it."""
    code, tomorrow = RecoveryCode.generate(), datetime.now(UTC) + timedelta(days=1)
    with closing(sqlite3.connect(site.data_dir / "portfolio.db", timeout=30)) as database, database:
        database.execute(
            "INSERT INTO recovery_codes (code_hash, user_id, expires_at)"
            " SELECT ?, id, ? FROM users WHERE username = ?",
            [code.confirming_hash, f"{tomorrow:%Y-%m-%d %H:%M:%S.%f}", username],
        )
    return code.shown


@pytest.mark.parametrize("hands", [Keys, Fingers], ids=["keyboard", "phone"])
def test_a_member_does_everything_with_the_account_by(visit: Visit, site: Site, hands: type[Keys]) -> None:
    on_a_phone = hands is Fingers
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    member, username, later = visit("/register", **(phone if on_a_phone else {})), name(), name()
    page, by = member.page, hands(member.page)
    clean = partial(violations, member, ".account-panels") if on_a_phone else lambda **_: []
    member.expect_connection("live")
    for field, words in (
        ("field-email", f"{username}@example.org"),
        ("field-username", username),
        ("field-password", "correct horse battery"),
    ):
        by.write(member.at(field), words)
    by.press(member.at("submit"))
    expect(member.at("current-user")).to_have_text(username, timeout=SOON_MS)
    with_device(member)

    page.goto("/password")
    member.expect_connection("live")
    by.press(member.at("make-codes"))
    expect(member.at("recovery-codes")).to_have_value(re.compile("-"), timeout=SOON_MS)
    code = member.at("recovery-codes").input_value().split()[0]
    by.write(member.at("field-old"), "correct horse battery")
    by.write(member.at("field-new"), f"{username} x1")
    expect(page.locator(".field-verdict")).to_contain_text("It is made of your name", timeout=SOON_MS)
    member.at("field-new").clear()
    by.write(member.at("field-new"), "seven quiet herons")
    expect(page.locator(".field-verdict")).to_have_text("This one will do.", timeout=SOON_MS)
    assert clean(themes=["light"]) == []
    by.press(member.at("change-password"))
    expect(member.at("security-row").filter(has_text="Password changed")).to_have_count(1, timeout=SOON_MS)
    member.expect_connection("live")
    panel = page.locator("[data-panel=passkeys]")
    by.write(panel.get_by_test_id("field-name"), "My phone")
    by.press(member.at("add-passkey"))
    expect(member.at("passkey-row")).to_contain_text("My phone", timeout=SOON_MS)
    assert clean() == []

    by.press(member.at("details-link"))
    renaming, moving = (page.locator(f"[data-panel={each}]") for each in ("username", "email"))
    typed = renaming.get_by_test_id("field-password")
    by.write(renaming.get_by_test_id("field-username"), username)
    by.write(typed, "seven quiet herons")
    by.press(member.at("change-username"))
    expect(renaming.get_by_role("alert").first).to_have_text(
        "That is the username you have.", timeout=SOON_MS
    )
    expect(typed).to_have_value("seven quiet herons")
    renaming.get_by_test_id("field-username").clear()
    by.write(renaming.get_by_test_id("field-username"), later)
    by.press(member.at("change-username"))
    expect(member.at("username-changed")).to_contain_text(f"You are called {later} now", timeout=SOON_MS)
    expect(typed).to_have_value("")
    expect(member.at("current-user")).to_have_text(later, timeout=SOON_MS)
    by.write(moving.get_by_test_id("field-email"), f"{later}@example.org")
    by.press(member.at("change-email"))
    expect(member.at("email-changed")).to_have_text("Your account has the new address.", timeout=SOON_MS)
    assert clean(themes=["light"]) == []

    long_after_the_sign_in(site, later)
    page.goto("/account")
    expect(member.at("prove")).to_be_visible(timeout=SOON_MS)
    expect(member.at("session-row")).to_have_count(0)
    assert clean(themes=["light"]) == []
    by.write(page.locator("[data-panel=proof] input"), "seven quiet herons")
    by.press(member.at("prove"))
    expect(member.at("session-row")).to_have_count(1, timeout=SOON_MS)
    long_after_the_sign_in(site, later)
    page.reload()
    by.press(member.at("passkey-prove"))
    expect(member.at("session-row")).to_have_count(1, timeout=SOON_MS)

    member.at("sign-out").click()
    expect(member.at("current-user")).to_have_count(0, timeout=SOON_MS)
    page.goto("/sign-in?next=/account")
    expect(page.locator("#passkey-sign-in [name=next]")).to_have_value("/account", timeout=SOON_MS)
    by.press(member.at("passkey-sign-in"))
    expect(member.at("passkey-row")).to_contain_text("last used", timeout=SOON_MS)
    by.press(member.at("remove-passkey"))
    expect(member.at("passkey-row")).to_have_count(0, timeout=SOON_MS)
    member.at("sign-out").click()
    expect(member.at("current-user")).to_have_count(0, timeout=SOON_MS)
    page.goto("/recover")
    member.expect_connection("live")
    by.write(member.at("field-login"), f"{later}@example.org")
    by.write(member.at("field-code"), code)
    by.write(member.at("field-password"), "nine loud herons")
    by.press(member.at("submit"))
    expect(member.at("current-user")).to_have_text(later, timeout=SOON_MS)

    code = code_of_a_letter(site, later)
    page.goto(f"/details#{later}.{code}")
    confirming = page.locator("[data-panel=confirm-email]")
    expect(confirming.get_by_test_id("field-code")).to_have_value(code, timeout=SOON_MS)
    expect(page).to_have_url(f"{site.url}/details")
    member.expect_connection("live")
    by.press(member.at("confirm-email"))
    expect(member.at("email-confirmed")).to_have_text(
        "The address of your account is confirmed.", timeout=SOON_MS
    )

    page.goto("/leave")
    with page.expect_download() as download:
        by.press(member.at("export"))
    taken = download.value.path().read_text()
    assert all(each in taken for each in (f'"{later}"', f'"{username}"', f"{later}@example.org"))
    by.choose(member.at("field-messages-erase"))
    by.choose(member.at("field-sure-on"))
    by.press(member.at("leave"))
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible(timeout=SOON_MS)


def test_the_password_that_a_download_asked_for_is_gone_from_its_field(visit: Visit) -> None:
    member, username = visit("/register"), name()
    member.register(username)
    member.page.goto("/leave")
    member.expect_connection("live")
    typed = member.page.locator("[data-panel=export]").get_by_test_id("field-password")
    typed.fill("correct horse battery")
    with member.page.expect_download() as download:
        member.at("export").click()
    assert username in download.value.path().read_text()
    expect(typed).to_have_value("")


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
