"""Holding the live log, looking for something in it, and taking it away."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.keyboard import Keyboard
from tests.browser.scenes import refuse_a_message, text
from tests.browser.test_accessibility import violations
from tests.browser.visitor import SOON_MS, Visitor

pytestmark = pytest.mark.sections("live")

Visit = Callable[..., Visitor]
ENDS = {"demo.request": 1, "demo.push": 2}
"""How many rows of a target end a post: one of the request, one of its push and one of its painting here."""

DRAWN, MANY = 120, 130
"""How many of the rows are in the document at first, and more than that."""


def busy(visit: Visit, **options: object) -> Visitor:
    """A visitor whose log has the rows of one post, all of them."""
    visitor = visit("/", **options)
    visitor.expect_arrival()
    post(visitor)
    return visitor


def post(visitor: Visitor) -> None:
    """Post, and wait until the log shows the rows that end it."""
    ends = [visitor.page.locator(f"[data-testid=log-row][data-target='{end}']") for end in ENDS]
    before = [end.count() for end in ends]
    say(visitor)
    for end, there, more in zip(ends, before, ENDS.values(), strict=True):
        expect(end).to_have_count(there + more)


def say(visitor: Visitor) -> None:
    """Post, and wait until the message is there."""
    body = text()
    visitor.post(body)
    visitor.expect_message(body)


def count(visitor: Visitor) -> int:
    """What the log's counter says."""
    return int(visitor.at("log-count").inner_text())


def targets(visitor: Visitor) -> set[str | None]:
    """The targets of the rows shown."""
    return {row.get_attribute("data-target") for row in visitor.at("log-row").all()}


def toggle(visitor: Visitor, target: str) -> Locator:
    """The switch of a target."""
    return visitor.at("log-target").filter(has_text=target)


def test_a_log_announces_counts_on_while_it_is_paused_or_lacks_a_target_and_shows_everything_again(
    visit: Visit,
) -> None:
    visitor = visit("/")
    visitor.expect_arrival()
    arrived = count(visitor)
    post(visitor)
    first = count(visitor)
    # In one sentence, and never one by one.
    expect(visitor.at("log-panel")).to_have_attribute("aria-live", "off")
    expect(visitor.at("log-status")).to_have_text(f"{first - arrived} new backend events.")
    post(visitor)
    before = count(visitor)
    visitor.at("log-pause").click()
    say(visitor)
    # All posts but the first, which stores the session too, take the same steps.
    expect(visitor.at("log-waiting")).to_have_text(str(before - first))
    assert count(visitor) == 2 * before - first
    expect(visitor.at("log-row")).to_have_count(before)
    visitor.at("log-pause").click()
    expect(visitor.at("log-row")).to_have_count(count(visitor))
    expect(visitor.at("log-waiting")).to_have_count(0)
    toggle(visitor, "demo.db").click()
    expect(toggle(visitor, "demo.db")).to_have_attribute("aria-pressed", "false")
    assert "demo.db" not in targets(visitor)
    expect(visitor.at("log-shown")).to_have_text(str(visitor.at("log-row").count()))
    post(visitor)
    assert "demo.db" not in targets(visitor)
    toggle(visitor, "demo.db").click()
    expect(visitor.at("log-row")).to_have_count(count(visitor))
    expect(visitor.at("log-shown")).to_have_count(0)


def test_a_log_is_searched_exported_and_stays_filtered_on_the_next_page(visit: Visit, tmp_path: Path) -> None:
    visitor = busy(visit)
    visitor.at("log-query").fill("insert into MESSAGES")
    expect(visitor.at("log-row")).to_have_count(1)
    expect(visitor.at("log-row")).to_contain_text("INSERT INTO messages")
    visitor.at("log-query").fill("no such words")
    expect(visitor.page.get_by_text("Nothing here matches.")).to_be_visible()
    expect(visitor.at("log-empty")).to_have_count(0)
    visitor.at("log-clear").click()
    expect(visitor.at("log-query")).to_have_value("")
    expect(visitor.at("log-row")).to_have_count(count(visitor))

    toggle(visitor, "demo.db").click()
    with visitor.page.expect_download() as saving:
        visitor.at("log-export").click()
    saving.value.save_as(tmp_path / "log.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [row["target"] for row in rows] == [
        row.get_attribute("data-target") for row in visitor.at("log-row").all()
    ]
    assert all(row["request_id"] and row["seq"] and row["ms"] >= 0 for row in rows)

    toggle(visitor, "demo.db").click()
    visitor.at("log-query").fill("commit")
    visitor.page.get_by_role("navigation").get_by_role("link", name="Chat", exact=True).click()
    expect(visitor.page).to_have_url("/chat")
    expect(visitor.at("log-query")).to_have_value("commit")
    expect(visitor.at("log-row").first).to_contain_text("COMMIT")


def test_an_export_has_all_that_matches_and_not_only_what_is_drawn(visit: Visit) -> None:
    visitor = visit("/chat")
    visitor.page.evaluate("async (n) => { for (let i = 0; i < n; i++) await fetch('/api/nothing'); }", MANY)
    expect(visitor.at("log-earlier")).to_be_visible(timeout=SOON_MS)
    visitor.at("log-level").select_option("error")
    expect(visitor.at("log-row")).to_have_count(DRAWN, timeout=SOON_MS)
    with visitor.page.expect_download() as saving:
        visitor.at("log-export").click()
    rows = [json.loads(line) for line in saving.value.path().read_text().splitlines()]
    assert len(rows) == MANY
    assert {row["level"] for row in rows} == {"error"}


def test_a_row_is_copied_with_any_clipboard_and_arrow_keys_walk_along_the_rows_where_tab_stops_once(
    visit: Visit,
) -> None:
    visitor = busy(visit, permissions=["clipboard-read", "clipboard-write"])
    visitor.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }"
    )
    visitor.at("log-copy").last.click()
    expect(visitor.at("log-status")).to_have_text("Row copied.")
    visitor.page.evaluate(
        "() => { delete navigator.clipboard.writeText; return navigator.clipboard.writeText(''); }"
    )
    row = visitor.at("log-row").last
    row.get_by_test_id("log-copy").click()
    visitor.page.wait_for_function("async () => (await navigator.clipboard.readText()) !== ''")
    copied = json.loads(visitor.page.evaluate("navigator.clipboard.readText()"))
    assert copied["request_id"] == row.get_attribute("data-request-id")
    assert copied["target"] == row.get_attribute("data-target")

    rows, keyboard = visitor.at("log-row"), Keyboard(visitor.page)
    last, above = (rows.nth(rows.count() - n).get_by_test_id("log-trace") for n in (1, 2))
    visitor.at("log-export").focus()
    keyboard.go_to(last)
    keyboard.press("ArrowUp")
    assert keyboard.has_focus(above)
    keyboard.press("ArrowDown")
    assert keyboard.has_focus(last)
    assert visitor.page.locator("[data-testid=log-row] button[tabindex='0']").count() == 2


def test_the_level_shows_refused_requests_alone_and_axe_finds_nothing_in_a_log_paused_and_filtered(
    visit: Visit,
) -> None:
    visitor = visit("/chat")
    say(visitor)
    refuse_a_message(visitor)
    visitor.at("log-level").select_option("error")
    expect(visitor.at("log-row").first).to_be_visible(timeout=SOON_MS)
    assert {row.get_attribute("data-level") for row in visitor.at("log-row").all()} == {"error"}
    visitor.at("log-clear").click()
    visitor.at("log-pause").click()
    toggle(visitor, "demo.db").click()
    assert violations(visitor, "[data-panel=log]", widths=(360, 1440)) == []
