"""The shipped demos as visitors see them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import SOON_MS, Visitor

pytestmark = pytest.mark.demos("dice", "kudos")
Visit = Callable[..., Visitor]


def test_dice_are_rolled_and_the_roll_is_in_the_log_beside_them(visit: Visit) -> None:
    visitor = visit("/dice")
    visitor.page.get_by_role("button", name="Roll two").click()
    value = visitor.at("demo-value")
    expect(value).not_to_have_text("0", timeout=SOON_MS)
    assert 2 <= int(value.inner_text()) <= 12
    row = visitor.page.locator("[data-target='demo.dice']")
    expect(row).to_have_count(1, timeout=SOON_MS)
    expect(row).to_contain_text("dice.roll")


def test_the_waterfall_of_an_action_names_the_demos_own_line(visit: Visit) -> None:
    visitor = visit("/kudos")
    visitor.page.get_by_role("button", name="Give kudos").click()
    row = visitor.page.locator("[data-target='demo.kudos']")
    expect(row).to_have_count(1, timeout=SOON_MS)
    row.get_by_role("button").first.click()
    expect(visitor.at("trace-span").first).to_be_visible(timeout=SOON_MS)
    expect(visitor.page.get_by_role("dialog")).to_contain_text("portfolio_app/demos/kudos.py")
    expect(visitor.page.get_by_role("dialog")).to_contain_text("SqlRows.increase")


def test_kudos_are_pushed_to_every_tab_and_still_there_later(visit: Visit) -> None:
    giver, reader = visit("/kudos"), visit("/kudos")
    expect(giver.at("demo-value")).not_to_be_empty(timeout=SOON_MS)
    before = int(giver.at("demo-value").inner_text())
    giver.page.get_by_role("button", name="Give kudos").click()
    for visitor in (giver, reader):
        expect(visitor.at("demo-value")).to_have_text(str(before + 1), timeout=SOON_MS)
    reader.page.reload()
    expect(reader.at("demo-value")).to_have_text(str(before + 1), timeout=SOON_MS)


def test_what_is_pressed_on_a_phone_that_is_offline_says_at_once_that_it_waits_and_is_done_later(
    visit: Visit,
) -> None:
    visitor = visit("/kudos", viewport={"width": 390, "height": 700})
    page = visitor.page
    page.context.set_offline(True)
    visitor.expect_connection("offline")
    page.get_by_role("button", name="Give kudos").click()
    notice = page.locator("html[data-pressed] [data-testid=blocked]")
    expect(notice).to_have_attribute("data-reason", "unreachable", timeout=SOON_MS)
    expect(notice).to_be_in_viewport()
    empty = visitor.at("log-empty")
    expect(empty.get_by_text("plain stream")).to_be_hidden()
    assert empty.evaluate("(it) => it.scrollHeight <= it.clientHeight")
    page.context.set_offline(False)
    visitor.expect_connection("live")
    expect(notice).to_have_count(0)
    rows = page.locator("[data-target='demo.kudos']")
    expect(rows).to_have_count(1, timeout=SOON_MS)


def test_too_many_kudos_are_refused_in_words_beside_the_button(visit: Visit) -> None:
    visitor = visit("/kudos")
    button = visitor.page.get_by_role("button", name="Give kudos")
    for _ in range(6):
        button.click()
    expect(visitor.at("demo-problem")).to_contain_text("Too fast. Try again in", timeout=SOON_MS)


@pytest.mark.parametrize("path", ["/dice", "/kudos"])
def test_a_demo_fits_on_a_phone_and_is_in_the_header(visit: Visit, path: str) -> None:
    visitor = visit(path, viewport={"width": 360, "height": 740})
    expect(visitor.page.locator(f".nav a[href='{path}']")).to_be_visible()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 360
