"""axe finds nothing in a receipt, nor in a burst that can't be sent."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.burst import expect_receipt, start
from tests.browser.test_accessibility import STILL, violations
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]


def test_the_receipt_of_a_run_has_no_violation(visit: Visit) -> None:
    visitor = visit("/", **STILL)
    start(visitor, 20, 2)
    expect_receipt(visitor)
    assert violations(visitor, "[data-testid=burst-receipt]") == []


def test_a_burst_without_a_connection_has_no_violation(visit: Visit) -> None:
    visitor = visit("/", **STILL)
    visitor.page.context.set_offline(True)
    visitor.expect_connection("offline")
    visitor.at("burst-run").click()
    expect(visitor.at("burst-error")).not_to_be_empty(timeout=SOON_MS)
    assert violations(visitor) == []
