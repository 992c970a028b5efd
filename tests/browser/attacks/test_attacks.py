"""The attacks show their refusals: to everybody, by keyboard, at twice the size, and in words without scripts."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from portfolio_app.http.attacks.definitions import ATTACKS
from tests.browser.attacks import attack, attack_card
from tests.browser.keyboard import Keyboard
from tests.browser.test_accessibility import violations
from tests.browser.test_pages import TOO_WIDE
from tests.browser.test_zoom import TWICE, expect_in_reach
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]


def test_each_attack_shows_its_refusal_which_is_in_reach_at_twice_the_size(visit: Visit) -> None:
    visitor = visit("/")
    for each in ATTACKS:
        card = attack(visitor, each.name)
        expect(card.get_by_test_id("attack-verdict")).to_contain_text(each.survives)
        answers = card.get_by_test_id("attack-answer")
        expect(answers).to_have_count(len(each.expected))
        for position, expected in enumerate(each.expected):
            expect(answers.nth(position)).to_contain_text(f"portfolio_app/{expected.file}:")
            expect(answers.nth(position)).to_have_attribute("data-layer", expected.file.partition("/")[0])
    assert violations(visitor, "#attacks") == []
    visitor.page.set_viewport_size(TWICE["viewport"])
    for each in ATTACKS:
        expect_in_reach(attack_card(visitor, each.name).get_by_test_id("attack-verdict"))
    assert visitor.page.evaluate(TOO_WIDE) == []


def test_the_site_is_attacked_by_keyboard(visit: Visit) -> None:
    visitor, first, second = visit("/"), *ATTACKS[:2]
    keys, cards = Keyboard(visitor.page), [attack_card(visitor, each.name) for each in (first, second)]
    cards[0].get_by_test_id("attack-run").focus()
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


def test_every_attack_is_told_in_words_without_javascript(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    for each in ATTACKS:
        expect(page.get_by_text(each.story)).to_be_visible()
