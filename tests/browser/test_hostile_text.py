"""Text that other chats let take the room away: none of it reaches beyond its own message."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]
DIRECTION = "(element) => getComputedStyle(element).direction"
HEIGHT = "(element) => element.getBoundingClientRect().height"


def test_a_message_and_the_composer_run_in_the_direction_of_their_text(visit: Visit) -> None:
    visitor = visit()
    for words, direction in (
        ("האם React 19.2 תומך ב-SSR?", "rtl"),
        ("هل يدعم React العرض من الخادم؟", "rtl"),
        ("Does React support SSR?", "ltr"),
    ):
        body = f"{words} {text()}"
        visitor.at("chat-input").fill(body)
        assert visitor.at("chat-input").evaluate(DIRECTION) == direction
        visitor.at("chat-send").click()
        visitor.expect_message(body)
        assert visitor.message(body).get_by_test_id("chat-body").evaluate(DIRECTION) == direction


def test_blank_lines_fold_and_a_tall_message_opens_when_its_reader_asks(visit: Visit) -> None:
    author, reader = visit(), visit()
    blank = text()
    author.post(f"{blank}{chr(10) * 300}end")
    row = reader.at("chat-message").filter(has_text=blank)
    expect(row).to_have_count(1, timeout=SOON_MS)
    assert row.evaluate(HEIGHT) < 220
    tall = text()
    author.post("\n".join([tall, *"abcdefghijklmnopqrstuvwxyz"]))
    row = reader.at("chat-message").filter(has_text=tall)
    expect(row).to_have_count(1, timeout=SOON_MS)
    folded = row.evaluate(HEIGHT)
    row.get_by_test_id("chat-more").locator("summary").click()
    assert row.evaluate(HEIGHT) > folded + 200
    assert folded < 500


def test_stacked_marks_stay_inside_their_message(visit: Visit) -> None:
    author, reader = visit(), visit()
    first = text()
    author.post(first)
    reader.expect_message(first)
    before = reader.message(first).screenshot(animations="disabled", mask=[reader.page.locator("time")])
    for marked in ("." + "\u0347" * 40, "o" + "\u0300" * 40):
        author.post(marked)
        author.post(last := text())
        reader.expect_message(last)
        reader.message(first).scroll_into_view_if_needed()
        after = reader.message(first).screenshot(animations="disabled", mask=[reader.page.locator("time")])
        assert after == before


def test_what_shows_nothing_is_too_long_or_still_being_composed_is_not_sent_and_stays(visit: Visit) -> None:
    visitor = visit()
    visitor.at("chat-input").fill("にほん")
    visitor.at("chat-input").evaluate(
        """(box) => {
            box.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
            const key = { key: "Enter", keyCode: 229, isComposing: false, bubbles: true, cancelable: true };
            box.dispatchEvent(new KeyboardEvent("keydown", key));
        }"""
    )
    expect(visitor.at("chat-input")).to_have_value("にほん")

    pasted = "😀" * 990 + "👨‍👩‍👧‍👦" * 3
    visitor.at("chat-input").fill(pasted)
    visitor.at("chat-send").click()
    expect(visitor.at("chat-input")).to_have_value(pasted)
    expect(visitor.page.locator(".count")).to_have_text("11 over 1000")
    visitor.at("chat-input").fill("😀" * 601)
    expect(visitor.page.locator(".count")).to_have_text("601/1000 · waits for a moderator")
    visitor.at("chat-input").fill("😀" * 600)
    expect(visitor.page.locator(".count")).to_have_text("600/1000")

    visitor.post("\u200b\u2800")
    expect(visitor.at("chat-error")).to_have_text("Write something first.", timeout=SOON_MS)
