"""The burst's panel: its controls, its counts and its receipt, in the words of a visitor."""

from playwright.sync_api import expect

from tests.browser.visitor import SOON_MS, Visitor

LONG_MS = 45_000
"""A loaded machine takes its time over a thousand requests."""


def choose(visitor: Visitor, size: int, workers: int = 24, mode: str = "noop") -> None:
    """Set the controls."""
    visitor.at("burst-size").fill(str(size))
    visitor.at("burst-workers").fill(str(workers))
    visitor.at(f"burst-mode-{mode}").check()


def start(visitor: Visitor, size: int, workers: int = 24, mode: str = "noop") -> None:
    """Set the controls and run."""
    choose(visitor, size, workers, mode)
    visitor.at("burst-run").click()


def expect_receipt(visitor: Visitor) -> None:
    """Wait until the run has ended with a receipt."""
    expect(visitor.at("burst-status")).to_have_attribute("data-phase", "done", timeout=LONG_MS)
    expect(visitor.at("burst-receipt")).to_be_visible(timeout=SOON_MS)


def ledger(visitor: Visitor, name: str) -> str:
    """What a ledger counts."""
    return visitor.at(f"ledger-{name}").inner_text()


def ended(visitor: Visitor) -> int:
    """How many requests have an outcome."""
    return int(visitor.at("burst-progress").get_attribute("data-ended") or 0)


def wait_for_more_than(visitor: Visitor, count: int) -> None:
    """Wait until more requests than that have an outcome."""
    reads = "(count) => Number(document.querySelector('[data-testid=burst-progress]').dataset.ended) > count"
    visitor.page.wait_for_function(reads, arg=count, timeout=LONG_MS)


def expect_balance(visitor: Visitor) -> None:
    """No request is missing anywhere."""
    expect(visitor.at("burst-verdict")).to_have_attribute("data-balanced", "true")
    assert ledger(visitor, "mismatches") == "0"


def recorded(visitor: Visitor) -> str:
    """The name of the run on the receipt."""
    return visitor.at("burst-receipt").get_attribute("data-run") or ""
