"""The showcase's tabs and the attacks, in the words of a visitor."""

from playwright.sync_api import Locator, expect

from tests.browser.visitor import SOON_MS, Visitor

TABS = ("Auth durability", "Boundary-safe flows", "Observability", "Live chat delivery")


def shown_panel(visitor: Visitor) -> Locator:
    """The panel of the selected tab."""
    return visitor.at("tab-panel").filter(visible=True)


def open_tab(visitor: Visitor, name: str) -> Locator:
    """Select a tab; returns its panel."""
    visitor.page.get_by_role("tab", name=name).click()
    return shown_panel(visitor)


def attack_card(visitor: Visitor, name: str) -> Locator:
    """An attack with its button and, once it has run, its report."""
    return visitor.page.locator(f"[data-testid=attack][data-attack={name}]")


def attack(visitor: Visitor, name: str) -> Locator:
    """Press the button of an attack, and wait for its report."""
    card = attack_card(visitor, name)
    card.get_by_test_id("attack-run").click()
    expect(card.get_by_test_id("attack-report")).to_be_visible(timeout=SOON_MS)
    return card
