"""axe in an open page."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RUN_AXE = """async ([within, options]) =>
  (await axe.run(within.length ? within : document, { resultTypes: ["violations"], ...options })).violations"""


def run_axe(page: Page, within: Sequence[str], options: dict[str, Any]) -> list[dict[str, Any]]:
    """What it finds; its script, half a megabyte, is read once a document."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, [list(within), options])
    return found
