"""Posting and reading."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from portfolio_app.domain.chat.room import article_room_title
from portfolio_app.http.content.loader import content, discussed
from tests.browser.scenes import ALLOWANCE, REFUSED, fill_a_room, link, refuse_a_message, talk, text
from tests.browser.visitor import SOON_MS, PasserBy, Visitor
from tests.site import Site

Visit = Callable[..., Visitor]


TYPE_AT_ONCE = """(bodies) => {
  const field = document.querySelector("[data-testid=chat-input]");
  for (const body of bodies) {
    field.value = body;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.form.requestSubmit();
  }
}"""
TURN = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
REPLACED = """(element) => {
  const rows = [...element.children].slice(1);
  rows.forEach((row) => row.remove());
  element.scrollTop; // laid out between the two, the panel is moved to what is left
  element.append(...rows);
}"""
PASTE_A_PICTURE = """(field) => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File(["x"], "x.png", { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
FROM_END = "(element) => element.scrollHeight - element.scrollTop - element.clientHeight"


def test_a_post_reaches_another_visitor_and_both_tabs_of_its_author(visit: Visit) -> None:
    author, other = visit(), visit("/" if content().profile.shows("live") else "/chat")
    second = author.second_tab()
    body = f"{text()}\n<b>naïve</b> 👩‍👩‍👧 العربية"
    author.post(body)
    for tab in (author, second, other):
        row = tab.at("chat-message").filter(has_text=body.partition("\n")[0])
        expect(row.get_by_test_id("chat-body")).to_have_text(body, timeout=SOON_MS)
        expect(row).to_have_attribute("data-status", "visible", timeout=SOON_MS)
        assert tab.page.locator("[data-testid=chat-body] b").count() == 0
    first = author.at("chat-message").filter(has_text=body.partition("\n")[0])
    assert first.get_attribute("data-rev") == row.get_attribute("data-rev")

    # Two guests post as demo, and are told apart by their tags.
    other.post(answer := text())
    author.expect_message(answer)
    rows = [(first, body), (author.message(answer), answer)]
    assert [row.get_by_test_id("chat-author").inner_text() for row, _ in rows] == ["demo", "demo"]
    assert len({row.inner_text().split(said.partition("\n")[0])[0] for row, said in rows}) == 2

    author.page.reload()
    author.expect_message(answer)


def test_an_empty_post_is_refused_in_words_and_a_double_click_posts_once(visit: Visit) -> None:
    visitor = visit()
    visitor.at("chat-input").fill("   ")
    visitor.at("chat-send").click()
    expect(visitor.at("chat-error")).to_have_text("Write something first.")
    body = text()
    visitor.at("chat-input").fill(body)
    visitor.at("chat-input").evaluate(PASTE_A_PICTURE)
    expect(visitor.at("chat-error")).to_contain_text("Only text can be sent here.")
    expect(visitor.at("chat-input")).to_have_value(body)
    visitor.at("chat-send").dblclick()
    visitor.expect_message(body)
    expect(visitor.at("chat-error")).to_be_empty()

    # A retry that is refused in the same words is an answer, too.
    refuse_a_message(visitor)
    for _ in range(2):
        visitor.message(REFUSED).get_by_role("button", name="Retry").click()
        visitor.expect_message(REFUSED, "failed")
    expect(visitor.message(REFUSED)).to_contain_text("Write something first.")


def test_a_burst_of_lines_goes_out_in_order_at_the_allowed_pace(visit: Visit) -> None:
    visitor, reader = visit(), visit()
    bodies = [text() for _ in range(ALLOWANCE + 2)]
    # At once: a machine that types more slowly than the allowance comes back would have nothing to wait for.
    visitor.page.evaluate(TYPE_AT_ONCE, bodies)
    waiting = visitor.message(bodies[ALLOWANCE])
    expect(waiting).to_contain_text("Goes out in its turn: 5 messages in 10 seconds.", timeout=SOON_MS)
    expect(waiting).to_have_attribute("data-status", "sending")
    expect(visitor.at("chat-error")).to_be_empty()
    reader.post(beside := text())
    reader.expect_message(beside)
    expect(waiting).to_have_attribute("data-status", "sending")
    for body in bodies:
        visitor.expect_message(body)
        reader.expect_message(body)
    assert [body for body in reader.at("chat-body").all_inner_texts() if body in bodies] == bodies


def test_an_unknown_room_says_so_and_leads_to_the_chat(visit: Visit) -> None:
    visitor = visit()
    for slug, words in (
        ("nowhere", "There is no room with that name."),
        ("No%20name", "not the name of a room"),
    ):
        visitor.page.goto(f"/chat/{slug}")
        expect(visitor.at("chat-error")).to_contain_text(words, timeout=SOON_MS)
        expect(visitor.page).to_have_title(re.compile("^Not found – "))
        expect(visitor.at("chat-input")).to_have_count(0)
        visitor.page.get_by_role("link", name="Open the chat").click()
        body = text()
        visitor.post(body)
        visitor.expect_message(body)


@pytest.mark.sections("live")
def test_a_phone_can_post_without_scrolling_sideways(visit: Visit) -> None:
    visitor = visit("/", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    body = text()
    visitor.at("chat-input").fill(body)
    visitor.at("chat-send").tap()
    visitor.expect_message(body)
    overflow = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


def expect_end(panel: Locator) -> None:
    """Wait until the newest row is in view: a row that has just come is brought there before the next paint."""
    panel.page.wait_for_function(
        f"(panel) => ({FROM_END})(panel) <= 1", arg=panel.element_handle(), timeout=SOON_MS
    )


@pytest.mark.sections("live")
def test_a_turned_phone_still_shows_the_newest_row(visit: Visit) -> None:
    visitor = visit("/", viewport={"width": 740, "height": 360})
    fill_a_room(visitor)
    panels = [visitor.at(panel) for panel in ("chat-log", "log-panel")]
    for width, height in ((360, 740), (1440, 900), (740, 360), (360, 740)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.page.wait_for_function(
            "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0, true)))"
        )
        for panel in panels:
            expect_end(panel)
    for panel in panels:
        panel.evaluate(REPLACED)
        expect_end(panel)


def test_a_reader_who_scrolled_up_is_left_there_and_told_what_came(
    visit: Visit, site: Site, passer_by: PasserBy
) -> None:
    slug = talk(site)  # a room of their own: nothing older than what is shown
    reader = visit(f"/chat/{slug}", viewport={"width": 900, "height": 500})
    log = reader.at("chat-log")
    expect(reader.page.locator(f"[data-message-id='{slug}-14']")).to_be_in_viewport(timeout=SOON_MS)
    log.evaluate("(element) => element.scrollTo(0, 0)")
    expect(reader.page.locator(f"[data-message-id='{slug}-1']")).to_be_in_viewport()
    body = text()
    passer_by.post(body, slug)
    reader.expect_message(body)
    expect(reader.page.get_by_role("button", name="1 new message below")).to_be_visible()
    assert log.evaluate("(element) => element.scrollTop") == 0
    expect(reader.at("unread-line").locator("..")).to_contain_text(body)
    expect(reader.page).to_have_title(re.compile(r"^\(1\) "))
    reader.page.get_by_role("button", name="1 new message below").click()
    expect(reader.page).not_to_have_title(re.compile(r"^\("))
    expect(reader.page.get_by_role("button", name="new message below")).to_be_hidden()
    expect_end(log)


def test_what_came_while_the_tab_was_hidden_is_counted_in_its_title_and_stands_below_a_line_until_it_is_read(
    visit: Visit,
) -> None:
    reader, author = visit(), visit()
    reader.post(own := text())
    author.expect_message(own)
    reader.page.evaluate(TURN, True)
    expect(reader.at("presence")).to_contain_text("guests", timeout=SOON_MS)
    bodies = [text(), text()]
    for body in bodies:
        author.at("chat-input").press_sequentially(body[:3])
        expect(reader.at("typing")).to_contain_text("demo", timeout=SOON_MS)
        author.post(body)
        reader.expect_message(body)
    expect(author.at("typing")).to_be_empty()
    expect(reader.page).to_have_title(re.compile(r"^\(2\) "))
    expect(reader.at("unread-line").locator("..")).to_contain_text(bodies[0])
    reader.page.evaluate(TURN, False)
    expect(reader.page).not_to_have_title(re.compile(r"^\("))
    expect(reader.at("unread-line")).to_have_count(0, timeout=SOON_MS)


def test_a_message_is_answered_and_reacted_to_in_every_open_tab_and_leaves_a_stub(visit: Visit) -> None:
    author, reader = visit(), visit()
    question, answer = text(), text()
    author.post(f"{question} `code`")
    row = reader.at("chat-message").filter(has_text=question)
    expect(row.locator("code")).to_have_text("code", timeout=SOON_MS)
    row.get_by_test_id("message-menu").locator("summary").click()
    row.locator("[data-testid=message-react][data-sign=party]").click()
    for tab, pressed in ((author, "false"), (reader, "true")):
        sign = tab.at("chat-message").filter(has_text=question).first.get_by_test_id("reaction")
        expect(sign).to_contain_text("1", timeout=SOON_MS)
        expect(sign).to_have_attribute("aria-pressed", pressed, timeout=SOON_MS)
    reader.page.reload()
    sign = row.first.get_by_test_id("reaction")
    expect(sign).to_have_attribute("aria-pressed", "true", timeout=SOON_MS)
    sign.click()
    expect(sign).to_have_count(0, timeout=SOON_MS)
    for leave in (True, False):
        row.get_by_test_id("message-menu").locator("summary").click()
        row.get_by_test_id("message-reply").click()
        expect(reader.at("answering")).to_contain_text(question)
        expect(reader.at("chat-input")).to_be_focused()
        if leave:
            reader.page.keyboard.press("Escape")
            expect(reader.at("answering")).to_have_count(0)
    reader.post(answer)
    expect(reader.at("answering")).to_have_count(0)
    author.expect_message(answer)
    quote = author.message(answer).get_by_test_id("message-quote")
    expect(quote).to_contain_text(question)
    quote.click()
    asked = author.page.locator("[data-testid=chat-message]:not([data-wanted='0'])")
    expect(asked).to_contain_text(question)
    asked.get_by_test_id("message-menu").locator("summary").click()
    asked.get_by_test_id("message-delete").click()
    for tab in (author, reader):
        expect(tab.message(answer).get_by_test_id("message-quote")).to_contain_text(
            "deleted", timeout=SOON_MS
        )
        expect(tab.page.get_by_text(question)).to_have_count(0)
        expect(tab.at("chat-stub").last).to_contain_text("deleted")


def test_an_article_that_is_discussed_has_its_room_under_the_text_and_not_in_the_list(visit: Visit) -> None:
    article = next(iter(discussed().values()), None)
    if article is None:
        pytest.skip("no article of the owner's is discussed")
    reader, elsewhere = visit(article.path), visit(f"/chat/{article.room}")
    title = article_room_title(article.front.title)
    for who in (reader, elsewhere):
        expect(who.at("chat-room")).to_have_text(title, timeout=SOON_MS)
    left = "(name) => document.querySelector(name).getBoundingClientRect().left"
    assert reader.page.evaluate(left, ".article-room") == reader.page.evaluate(left, ".prose"), (
        "in its column"
    )
    body, held = text(), link()
    reader.post(body)
    elsewhere.expect_message(body)
    reader.post(held)
    reader.expect_message(held, "pending")
    expect(elsewhere.message(held)).to_have_count(0)
    expect(reader.at("room-list")).to_have_count(0)
    expect(elsewhere.at("room-link").filter(has_text="Lobby")).to_have_count(1, timeout=SOON_MS)
    expect(elsewhere.at("room-link").filter(has_text=title)).to_have_count(0)
    # What its author takes away is gone from the results of a search that is open elsewhere.
    elsewhere.at("search-input").fill(body)
    elsewhere.at("search-go").click()
    expect(elsewhere.at("search-hit")).to_have_count(1, timeout=SOON_MS)
    reader.message(body).get_by_test_id("message-menu").locator("summary").click()
    reader.message(body).get_by_test_id("message-delete").click()
    expect(elsewhere.at("search-hit")).to_have_count(0, timeout=SOON_MS)
    answer = text()
    elsewhere.post(answer)
    reader.expect_message(answer)
    reader.page.reload()
    reader.expect_message(answer)
