"""Terminal command and sessions, without a pointer."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.scenes import name
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]
SELECTED = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"


@pytest.mark.sections("live")
def test_the_command_for_a_terminal_is_made_and_selected_by_keyboard(visit: Visit) -> None:
    visitor = visit("/")
    keys, command = Keyboard(visitor.page), visitor.at("stream-command")
    visitor.expect_arrival()
    visitor.at("log-export").focus()
    keys.go_to(visitor.at("stream-reveal"))
    keys.press("Enter")
    expect(command).to_have_value(re.compile("^curl -N "), timeout=SOON_MS)
    # The request's own rows make the panels above grow.
    for row in ("log-row", "network-row"):
        expect(visitor.at(row).first).to_be_visible(timeout=SOON_MS)
    keys.press("Tab")
    assert keys.has_focus(command)
    keys.press("ControlOrMeta+a")
    assert command.evaluate(SELECTED) == command.input_value()


def test_a_member_revokes_another_session_by_keyboard(visit: Visit) -> None:
    member, elsewhere, username = visit("/register"), visit("/sign-in"), name()
    member.register(username)
    elsewhere.sign_in(username)
    expect(elsewhere.at("current-user")).to_have_text(username, timeout=SOON_MS)
    keys, rows = Keyboard(member.page), member.at("session-row")
    keys.go_to(member.at("current-user"))
    keys.press("Enter")
    expect(rows).to_have_count(2, timeout=SOON_MS)
    keys.go_to(member.page.get_by_role("button", name="Revoke"))
    keys.press("Enter")
    expect(rows).to_have_count(1, timeout=SOON_MS)
    assert keys.has_focus(member.page.get_by_role("group", name="Sessions"))
    expect(elsewhere.at("session-notice")).to_be_visible(timeout=SOON_MS)
