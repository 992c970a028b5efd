"""The waterfall of a request."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.scenes import text
from tests.browser.test_accessibility import violations
from tests.browser.visitor import ABROAD, SOON_MS, Visitor, expect_in_zone

pytestmark = pytest.mark.sections("live")

Visit = Callable[..., Visitor]
KEPT_TRACES = 200


def busy(visit: Visit, path: str = "/", **options: Any) -> tuple[Visitor, str]:
    """A visitor who has posted, and whose log has the row that ends the request; and what they wrote."""
    visitor, body = visit(path, **options), text()
    visitor.post(body)
    visitor.expect_message(body)
    expect(visitor.page.locator("[data-testid=log-row][data-target='demo.request']")).not_to_have_count(0)
    return visitor, body


def opened(visit: Visit, **options: Any) -> Visitor:
    """The same in the chat, whose page has less on it than the front page, with the waterfall of the post open."""
    visitor, body = busy(visit, "/chat", **options)
    visitor.message(body).get_by_test_id("message-trace").click()
    expect(visitor.at("trace-span").first).to_be_visible(timeout=SOON_MS)
    return visitor


SCALE = """(bars) => bars.map((bar) => {
  const { startUs, durationUs } = bar.closest("[data-testid=trace-span]").dataset;
  const numbers = [startUs, durationUs, bar.offsetLeft, bar.offsetWidth, bar.parentElement.offsetWidth];
  return [...numbers.map(Number), bar.dataset.cut === "true"];
})"""


def test_a_post_shows_all_four_layers_its_sql_and_the_code_that_ran(visit: Visit) -> None:
    visitor, _ = busy(visit)
    expect(visitor.posts()).to_have_count(1, timeout=SOON_MS)
    visitor.posts().click()
    expect(visitor.at("trace-span").first).to_be_visible(timeout=SOON_MS)
    layers = {span.get_attribute("data-layer") for span in visitor.at("trace-span").all()}
    assert layers == {"domain", "app", "infra", "http"}
    trace = visitor.at("trace")
    expect(trace.get_by_text("INSERT INTO messages").first).to_be_attached()
    expect(trace.get_by_text("portfolio_app/app/chat/post_message.py").first).to_be_attached()
    for station in ("committed", "published", "pushed"):
        expect(trace.get_by_role("listitem").filter(has_text=station).first).to_have_attribute(
            "data-reached", "true"
        )
    expect_to_scale(visitor)
    step = visitor.at("trace-span").filter(has_text="ModerationPolicy.judge")
    named = re.compile(r" domain portfolio_app/")  # two words, not one
    expect(step.locator("summary")).to_have_accessible_name(named)
    # A hundred steps: what one holds is made when it is opened.
    expect(visitor.page.locator(".trace-detail")).to_have_count(0)
    step.locator("summary").click()
    expect(step.locator("pre")).to_contain_text("def judge")
    expect(visitor.page.locator(".trace-detail")).to_have_count(1)
    with visitor.page.expect_download() as saving:
        visitor.at("trace-download").click()
    request_id = visitor.posts().get_attribute("data-request-id")
    assert saving.value.suggested_filename == f"trace-{request_id}.json"


def expect_to_scale(visitor: Visitor) -> None:
    """Every bar of the open waterfall begins and ends where its step does."""
    bars = visitor.page.eval_on_selector_all(".trace-dialog .trace-bar", SCALE)
    assert len(bars) == visitor.at("trace-span").count() > 1
    # A paint far behind the server's work is cut off at the end of the scale.
    within = [bar for *bar, cut in bars if not cut]
    whole = max(start + duration for start, duration, *_ in within)
    for start, duration, left, width, track in within:
        assert left == pytest.approx(track * start / whole, abs=3)
        assert width == pytest.approx(max(track * duration / whole, 2), abs=3)


def test_it_opens_from_a_log_row_by_keyboard_and_gives_the_focus_back(visit: Visit) -> None:
    visitor, _ = busy(visit, "/chat")
    keyboard = Keyboard(visitor.page)
    visitor.at("log-export").focus()
    keyboard.go_to(visitor.at("log-row").last.get_by_test_id("log-trace"))
    button = visitor.page.evaluate_handle("document.activeElement")  # the last row is another when rows come
    keyboard.press("Enter")
    expect(visitor.at("trace-span").first).to_be_visible(timeout=SOON_MS)
    visitor.page.keyboard.press("Escape")
    expect(visitor.at("trace")).to_have_count(0)
    visitor.page.wait_for_function("(it) => document.activeElement === it", arg=button, timeout=SOON_MS)


def test_a_trace_that_is_not_kept_any_more_says_so(visit: Visit) -> None:
    visitor, body = busy(visit, "/chat")
    visitor.page.evaluate(
        "async (n) => { for (let i = 0; i < n; i++) await fetch('/api/nothing'); }", KEPT_TRACES + 1
    )
    visitor.message(body).get_by_test_id("message-trace").click()
    expect(visitor.at("trace-missing")).to_be_visible(timeout=SOON_MS)


def test_a_server_that_does_not_answer_is_named_and_its_late_answer_is_shown(visit: Visit) -> None:
    visitor, body = busy(visit, "/chat")
    visitor.page.context.set_offline(True)
    visitor.expect_connection("offline")
    visitor.message(body).get_by_test_id("message-trace").click()
    expect(visitor.at("trace").get_by_text("Not read: there is no live connection.")).to_be_visible()
    expect(visitor.at("trace-failed").get_by_role("button", name="Try again")).to_be_visible(
        timeout=2 * SOON_MS
    )
    visitor.page.context.set_offline(False)
    expect(visitor.at("trace-span").first).to_be_visible(timeout=2 * SOON_MS)


def test_it_grows_when_another_tab_of_the_author_has_painted_the_message(visit: Visit) -> None:
    visitor = visit("/")
    other = visitor.second_tab("/chat")
    body = text()
    visitor.post(body)
    other.expect_message(body)
    visitor.posts().click()
    painted = visitor.at("trace").get_by_role("listitem").filter(has_text="in your other tab")
    expect(painted.first).to_have_attribute("data-reached", "true", timeout=SOON_MS)
    expect(visitor.at("trace-span").filter(has_text="painted in another tab")).to_have_count(1)


def test_two_of_ones_own_requests_lie_beside_each_other_at_an_address(visit: Visit) -> None:
    phone = {"width": 390, "height": 844}
    visitor, body = busy(visit, "/chat", viewport=phone, reduced_motion="reduce", timezone_id=ABROAD)
    visitor.post(more := text())
    visitor.expect_message(more)
    visitor.message(body).get_by_test_id("message-trace").click()
    expect(visitor.at("trace").get_by_test_id("trace-path")).to_contain_text("steps decided when it ended")
    assert visitor.at("trace").locator(".trace-critical").count() > 1
    visitor.at("trace-beside").focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("h1")).to_have_text("Two of your requests")
    visitor.at("pair-other").select_option(index=1)
    sides = visitor.at("trace-first"), visitor.at("trace-second")
    for side in sides:
        expect(side.locator(".trace-critical").first).to_be_attached(timeout=SOON_MS)
        expect_in_zone(side.locator("time"))
    expect(visitor.at("pair-sum")).to_contain_text("the second is")
    began = sides[1].locator("time").text_content()
    expect(visitor.at("pair-other").locator("option:checked")).to_contain_text(f"{began}: WS chat.send")
    first, second = (side.locator(".trace-tick").all_text_contents() for side in sides)
    assert first == second
    visitor.page.reload()
    expect(sides[1]).to_be_visible(timeout=SOON_MS)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(visitor) == []
    address = visitor.page.url
    visitor.page.goto(f"{address.partition('?')[0]}?with={'0' * 32}")
    expect(visitor.at("pair-error")).to_contain_text("is not kept")
    stranger = visit(address)
    expect(stranger.page.locator("h1")).to_have_text("This request is not kept.")
    expect(stranger.page).to_have_title(re.compile("^Not found – "))


def test_a_request_with_a_long_name_leaves_its_id_and_its_time_whole_on_a_phone(visit: Visit) -> None:
    visitor = visit("/chat", viewport={"width": 390, "height": 844})
    visitor.page.evaluate(f"fetch('/api/traces/{'0' * 32}')")
    row = visitor.page.locator("[data-testid=network-row][data-path^='/api/traces']")
    expect(row).to_have_count(1, timeout=SOON_MS)
    visitor.page.goto(f"/traces/{row.get_attribute('data-request-id')}")
    aside = visitor.at("trace-first").locator(".panel-aside")
    expect(aside).to_be_visible(timeout=SOON_MS)
    lines = aside.evaluate(
        "(it) => it.getBoundingClientRect().height / parseFloat(getComputedStyle(it).lineHeight)"
    )
    assert lines < 4
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 390


def test_axe_finds_nothing_in_an_open_waterfall(visit: Visit) -> None:
    visitor = opened(visit)
    visitor.at("trace-span").nth(3).locator("summary").click()
    assert violations(visitor, "[data-testid=trace]", widths=(360, 1440)) == []
