"""At 200 % a burst is sent and its receipt read."""

from collections.abc import Callable

from tests.browser.burst import expect_balance, expect_receipt, start
from tests.browser.test_pages import TOO_WIDE
from tests.browser.test_zoom import TWICE, expect_in_reach
from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]


def test_at_twice_the_size_a_receipt_is_in_reach(visit: Visit) -> None:
    visitor = visit("/", **TWICE)
    start(visitor, 20, 2)
    expect_receipt(visitor)
    expect_balance(visitor)
    expect_in_reach(visitor.at("burst-verdict"))
    assert visitor.page.evaluate(TOO_WIDE) == []
