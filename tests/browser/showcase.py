"""The showcase's tabs, in the words of a visitor."""

from playwright.sync_api import Locator

from tests.browser.visitor import Visitor

TABS = ("Auth durability", "Boundary-safe flows", "Observability", "Live chat delivery")


def shown_panel(visitor: Visitor) -> Locator:
    """The panel of the selected tab."""
    return visitor.at("tab-panel").filter(visible=True)


def open_tab(visitor: Visitor, name: str) -> Locator:
    """Select a tab; returns its panel."""
    visitor.page.locator(".tab").get_by_text(name, exact=True).click()
    return shown_panel(visitor)
