"""Attacks, terminal command, sessions and recorded runs, without a pointer."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from portfolio_app.http.attacks.definitions import ATTACKS
from tests.browser.burst import expect_receipt, recorded, start
from tests.browser.keyboard import Keyboard
from tests.browser.scenes import name
from tests.browser.showcase import attack_card
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]
SELECTED = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"


def test_the_site_is_attacked_by_keyboard(visit: Visit) -> None:
    visitor, first, second = visit("/"), *ATTACKS[:2]
    keys, cards = Keyboard(visitor.page), [attack_card(visitor, each.name) for each in (first, second)]
    visitor.page.get_by_role("tab", selected=True).focus()
    keys.go_to(cards[0].get_by_test_id("attack-run"))
    keys.press("Enter")
    expect(cards[0].get_by_test_id("attack-verdict")).to_contain_text(first.survives, timeout=SOON_MS)
    assert keys.has_focus(cards[0].get_by_test_id("attack-run"))
    keys.go_to(cards[1].get_by_test_id("attack-run"))
    keys.press("Space")
    expect(cards[1].get_by_test_id("attack-verdict")).to_contain_text(second.survives, timeout=SOON_MS)
    trace = cards[0].get_by_role("button", name="Open its waterfall")
    keys.back_to(trace)
    keys.press("Enter")
    expect(visitor.at("trace").get_by_test_id("trace-span").first).to_be_visible(timeout=SOON_MS)
    keys.press("Escape")
    assert keys.has_focus(trace)


def test_the_command_for_a_terminal_is_made_and_selected_by_keyboard(visit: Visit) -> None:
    visitor = visit("/")
    keys, command = Keyboard(visitor.page), visitor.at("stream-command")
    visitor.at("log-export").focus()
    keys.go_to(visitor.at("stream-reveal"))
    keys.press("Enter")
    expect(command).to_have_value(re.compile("^curl -N "), timeout=SOON_MS)
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


def test_two_runs_are_compared_by_keyboard(visit: Visit) -> None:
    visitor = visit("/")
    start(visitor, 10, 1)
    expect_receipt(visitor)
    other = recorded(visitor)
    start(visitor, 20, 1)
    expect(visitor.at("burst-receipt")).not_to_have_attribute("data-run", other, timeout=SOON_MS)
    keys, choice = Keyboard(visitor.page), visitor.at("run-other")
    keys.go_to(visitor.page.get_by_role("link", name="Open this run's page"))
    keys.press("Enter")
    expect(choice).to_be_visible(timeout=SOON_MS)
    keys.go_to(choice)
    while (chosen := choice.input_value()) != other:
        keys.press("ArrowDown")
        expect(choice).not_to_have_value(chosen, timeout=SOON_MS)
    expect(visitor.at("comparison").get_by_role("row", name="Requests 20 10")).to_be_visible(timeout=SOON_MS)
    assert keys.has_focus(choice)
    keys.press("Tab")
    assert keys.has_focus(visitor.page.get_by_role("region", name="Two runs, figure by figure"))
