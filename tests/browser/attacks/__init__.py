"""The attacks, in the words of a visitor."""

from playwright.sync_api import Locator, expect

from tests.browser.visitor import SOON_MS, Visitor


def attack_card(visitor: Visitor, name: str) -> Locator:
    """An attack with its button and, once it has run, its report."""
    return visitor.page.locator(f"[data-testid=attack][data-attack={name}]")


def attack(visitor: Visitor, name: str) -> Locator:
    """Press the button of an attack, and wait for its report."""
    card = attack_card(visitor, name)
    card.get_by_test_id("attack-run").click()
    expect(card.get_by_test_id("attack-report")).to_be_visible(timeout=SOON_MS)
    return card
