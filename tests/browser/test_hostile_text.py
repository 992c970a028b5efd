"""Text that other chats let take the room away: none of it reaches beyond its own message."""

from collections.abc import Callable

from playwright.sync_api import expect

from portfolio_app.domain.chat.message import BODY_LIMIT
from portfolio_app.domain.text import clean_text
from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]
DIRECTION = "(element) => getComputedStyle(element).direction"
HEIGHT = "(element) => element.getBoundingClientRect().height"
ENDS = """(element) => [0, element.firstChild.length - 1].map((at) => {
    const letter = document.createRange();
    letter.setStart(element.firstChild, at), letter.setEnd(element.firstChild, at + 1);
    return letter.getBoundingClientRect().left;
})"""
BELOW, ABOVE = "." + "\u0347" * 40, "o" + "\u0300" * 40


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
        visitor.at("search-input").fill(body)
        assert visitor.at("search-input").evaluate(DIRECTION) == direction


def test_signs_of_a_tag_a_code_and_a_link_stay_on_their_side_in_a_text_from_the_right(visit: Visit) -> None:
    page = visit().page
    for name, words in (("span class=tag", "C++"), ("code", "a++"), ("p class=article-links><a", "Go (C++)")):
        element = name.rpartition("<")[2].partition(" ")[0]
        html = f"<article dir=rtl>نص <{name} data-here>{words}</{element}></article>"
        page.evaluate("(html) => document.body.insertAdjacentHTML('afterbegin', html)", html)
        first, last = page.locator("[data-here]").first.evaluate(ENDS)
        assert first < last, name


def test_a_room_without_scripts_takes_text_of_either_direction_and_keeps_each_message_small(
    visit: Visit,
) -> None:
    author, tall = visit(), text()
    author.post("\n".join([tall, *"abcdefghijklmnopqrstuvwxyz" * 4]))
    expect(author.at("chat-message").filter(has_text=tall)).to_have_count(1, timeout=SOON_MS)
    page = author.page
    page.goto("/plain/lobby")
    row = page.locator("li").filter(has_text=tall)
    assert row.evaluate(HEIGHT) < 500
    words = row.locator(".text")
    words.focus()
    page.keyboard.press("End")
    page.wait_for_function("(element) => element.scrollTop > 500", arg=words.element_handle())
    page.emulate_media(media="print")
    assert row.evaluate(HEIGHT) > 1_500
    page.emulate_media(media="screen")
    field = page.get_by_label("Message")
    field.fill(f"האם React 19.2 תומך ב-SSR? {'x' * BODY_LIMIT}")
    assert field.evaluate(DIRECTION) == "rtl"
    page.get_by_role("button", name="Post").click()
    assert page.get_by_label("Your message").evaluate(DIRECTION) == "rtl"


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
    marked, below = text(), text()
    for body in (text(), f"{BELOW}{ABOVE} {marked}", below):
        author.post(body)
    reader.expect_message(below)
    expect(reader.message(below)).to_be_in_viewport(ratio=0.9)  # the list has followed its end
    row = reader.at("chat-message").filter(has_text=marked)
    words = row.get_by_test_id("chat-body")

    def around(style: str) -> bytes:
        """The messages around it, drawn while its text has this style: only the marks can make them differ."""
        words.evaluate("(element, style) => element.setAttribute('style', style)", style)
        others = [row, reader.at("typing"), reader.page.locator("time")]
        return reader.at("chat-log").screenshot(animations="disabled", mask=others)

    without = around("visibility: hidden")
    assert around("") == without
    assert around("overflow: visible") != without, "marks that reach nowhere prove nothing"


def test_stacked_marks_stay_inside_their_search_result(visit: Visit) -> None:
    visitor = visit()
    word = text().split()[-1]
    for body in (word, f"{word} {BELOW}{ABOVE}", f"{word} again"):
        visitor.post(body)
    visitor.expect_message(f"{word} again")
    visitor.at("search-input").fill(word)
    visitor.at("search-go").click()
    hits = visitor.at("search-hit")
    expect(hits).to_have_count(3, timeout=SOON_MS)
    words = hits.nth(1).locator(".search-text")

    def around(style: str) -> bytes:
        """The other results, drawn while the text of this one has this style."""
        words.evaluate("(element, style) => element.setAttribute('style', style)", style)
        found = visitor.page.locator(".search-hits")
        return found.screenshot(animations="disabled", mask=[hits.nth(1)])

    without = around("visibility: hidden")
    assert around("") == without
    assert around("overflow: visible") != without, "marks that reach nowhere prove nothing"


ENTER = """(box, keyCode) => {
  box.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
  const key = { key: "Enter", keyCode, isComposing: false, bubbles: true, cancelable: true };
  return box.dispatchEvent(new KeyboardEvent("keydown", key));
}"""


def test_an_enter_that_ends_an_input_method_in_safaris_order_sends_nothing(visit: Visit) -> None:
    visitor = visit()
    box, words = visitor.at("chat-input"), f"にほん {text()}"
    box.fill(words)
    assert box.evaluate(ENTER, 229), "its default is left to the input method"
    expect(box).to_have_value(words)
    expect(visitor.message(words)).to_have_count(0)
    assert not box.evaluate(ENTER, 13)
    visitor.expect_message(words)
    expect(box).to_have_value("")


ESCAPE = """(box, keyCode) => {
  const key = { key: "Escape", keyCode, isComposing: false, bubbles: true, cancelable: true };
  box.dispatchEvent(new KeyboardEvent("keydown", key));
}"""


def test_an_escape_that_gives_up_a_word_of_an_input_method_gives_up_nothing_else(visit: Visit) -> None:
    visitor, body = visit(), text()
    visitor.post(body)
    visitor.expect_message(body)
    for choice, field, ended in (
        ("message-reply", "chat-input", visitor.at("answering")),
        ("message-edit", "edit-input", visitor.at("edit-input")),
    ):
        visitor.message(body).get_by_test_id("message-menu").locator("summary").click()
        visitor.message(body).get_by_test_id(choice).click()
        expect(ended).to_have_count(1, timeout=SOON_MS)
        visitor.at(field).evaluate(ESCAPE, 229)
        visitor.page.wait_for_timeout(500)  # longer than the answer to what must not be sent
        expect(ended).to_have_count(1)
        visitor.at(field).evaluate(ESCAPE, 27)
        expect(ended).to_have_count(0, timeout=SOON_MS)


def test_what_shows_nothing_or_is_too_long_as_the_server_counts_is_not_sent_and_stays(visit: Visit) -> None:
    visitor = visit()
    pasted = "😀" * 990 + "👨‍👩‍👧‍👦" * 3
    visitor.at("chat-input").fill(pasted)
    visitor.at("chat-send").click()
    expect(visitor.at("chat-input")).to_have_value(pasted)
    expect(visitor.page.locator(".count")).to_have_text("11 over 1000")
    visitor.at("chat-input").fill("x" * 198_889)
    expect(visitor.page.locator(".count")).to_have_text("197889 over 1000")
    assert visitor.at("chat-input").evaluate("element => element.value.length") == 198_889
    visitor.at("chat-input").fill("😀" * 601)
    expect(visitor.page.locator(".count")).to_have_text("601/1000 · waits for a moderator")
    visitor.at("chat-input").fill("😀" * 600)
    expect(visitor.page.locator(".count")).to_have_text("600/1000")
    for words, count in (("e\u0301" * 500, 500), (f"\n \n  a{chr(10) * 600}b \n", 7), ("  a b  ", 3)):
        visitor.at("chat-input").fill(words)
        expect(visitor.page.locator(".count")).to_have_text(f"{count}/1000")
        assert len(clean_text(words)) == count

    visitor.post("\u200b\u2800")
    expect(visitor.at("chat-error")).to_have_text("Write something first.", timeout=SOON_MS)


def test_the_line_of_the_first_screen_takes_as_much_as_the_server_does(visit: Visit) -> None:
    visitor = visit("/")
    line, full = visitor.at("hello-input"), "x" * BODY_LIMIT
    beyond = " " * 100_000 + full + "y" + " " * 100_000 + "z"
    for words, fits in (
        (f"  {full} ", True),
        (f"{full}y", False),
        (f" {'😀' * BODY_LIMIT}", True),
        ("e\u0301" * BODY_LIMIT, True),
        (beyond, False),
    ):
        line.fill(words)
        assert line.evaluate("(input) => input.validity.valid") == fits, words
    line.fill(f"  {full} ")
    visitor.at("hello-send").click()
    visitor.expect_message(full, "pending")


def test_a_page_from_the_right_has_its_times_whole_and_its_arrows_turned(visit: Visit) -> None:
    page = visit().page
    page.evaluate("document.documentElement.dir = 'rtl'")
    html = "<p>\u0645\u0631\u062d\u0628\u0627 <time data-here>29 Nov 2026, 12:26:43</time> \u0646\u0635</p>"
    page.evaluate("(html) => document.body.insertAdjacentHTML('afterbegin', html)", html)
    first, last = page.locator("[data-here]").evaluate(ENDS)
    assert first < last
    arrow = page.locator(".layer-arrow").first
    assert arrow.evaluate("(it) => getComputedStyle(it).scale") == "-1 1"
    page.evaluate("document.documentElement.dir = 'ltr'")
    assert arrow.evaluate("(it) => getComputedStyle(it).scale") == "none"


def test_a_sentence_in_a_panel_of_english_readings_ends_where_its_own_language_does(visit: Visit) -> None:
    page = visit().page
    html = "<p><span data-here>\u0645\u0631\u062d\u0628\u0627.</span></p>"
    page.locator("[data-panel=log]").evaluate("(it, html) => it.insertAdjacentHTML('beforeend', html)", html)
    first, last = page.locator("[data-here]").evaluate(ENDS)
    assert last < first, "the full stop stands on the left"
