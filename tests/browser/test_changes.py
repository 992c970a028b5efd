"""What becomes of messages that are there: edited, deleted, taken down and back, taken along, erased."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]


def take_down_while_another_arrives(moderator: Visitor, body: str, author: Visitor) -> None:
    """Below a room that is full, the menu is brought into view, and nothing moves until the button is released."""
    down, later = moderator.message(body).get_by_test_id("message-takedown"), text()
    moderator.message(body).get_by_test_id("message-menu").locator("summary").click()
    expect(down).to_be_in_viewport(ratio=1)
    down.hover()
    moderator.page.mouse.down()
    author.post("\n".join([later] * 12))
    expect(moderator.at("chat-log")).to_contain_text(later, timeout=SOON_MS)
    moderator.page.mouse.up()


def arrow_up_edits_the_last_own_message(author: Visitor, last: str) -> None:
    """From an empty composer only: in a text it moves the caret."""
    author.at("chat-input").fill("a line")
    author.at("chat-input").press("ArrowUp")
    author.at("chat-input").fill("")
    expect(author.at("edit-input")).to_have_count(0)
    author.at("chat-input").press("ArrowUp")
    expect(author.at("edit-input")).to_have_value(last)
    author.at("edit-input").press("Escape")
    expect(author.at("edit-input")).to_have_count(0)
    expect(author.message(last).locator(":focus")).to_have_count(1)
    author.at("chat-input").press("ArrowUp")
    author.page.get_by_role("button", name="Cancel").click()
    expect(author.at("edit-input")).to_have_count(0)
    expect(author.message(last).locator("summary:focus")).to_have_count(1)
    author.at("chat-input").press("ArrowUp")
    expect(author.at("edit-input")).to_have_value(last)


def test_what_was_typed_for_a_message_outlives_another_edit_and_a_reload_until_it_is_given_up(
    visit: Visit,
) -> None:
    author, first, second, typed = visit("/chat"), text(), text(), text()
    author.post(first)
    author.post(second)
    author.expect_message(second)
    field = author.at("edit-input")

    def edit(body: str) -> None:
        row = author.message(body)
        row.get_by_test_id("message-menu").locator("summary").click()
        row.get_by_test_id("message-edit").click()

    edit(first)
    expect(field).to_have_value(first)
    field.fill(typed)
    edit(second)
    expect(field).to_have_value(second)
    author.page.reload()
    edit(first)
    expect(field).to_have_value(typed)
    field.press("Escape")
    expect(field).to_have_count(0)
    edit(first)
    expect(field).to_have_value(first)
    field.fill(typed)
    author.at("edit-save").click()
    author.expect_message(typed)
    edit(typed)
    expect(field).to_have_value(typed)


def test_an_author_edits_with_arrow_up_and_deletes_and_a_moderator_takes_down_and_back_in_every_tab(
    visit: Visit, as_moderator: Callable[..., BrowserContext]
) -> None:
    author, reader = visit("/chat"), visit("/chat")
    body, better = text(), text()
    author.post("\n".join([text()] * 14))
    author.post(body)
    reader.expect_message(body)
    row = author.message(body)
    expect(reader.message(body).get_by_test_id("message-edit")).to_have_count(0)
    expect(row).to_have_attribute("data-status", "visible")
    arrow_up_edits_the_last_own_message(author, body)
    author.at("edit-input").fill("see https://example.org/held")
    author.at("edit-save").click()
    expect(author.page.get_by_role("alert").filter(has_text="wait for a moderator")).to_be_visible()
    author.at("edit-input").fill(better)
    author.at("edit-save").click()
    expect(author.message(better).locator("summary:focus")).to_have_count(1, timeout=SOON_MS)
    for tab in (author, reader):
        tab.expect_message(better)
        expect(tab.message(better)).to_contain_text("edited")
        expect(tab.message(body)).to_have_count(0)
    moderator = Visitor.arrive(as_moderator().new_page(), "/chat")
    moderator.expect_message(better)
    take_down_while_another_arrives(moderator, better, author)
    expect(reader.message(better)).to_have_count(0)
    moderator.at("undo").click()
    reader.expect_message(better)
    author.expect_message(better)
    author.message(better).get_by_test_id("message-menu").locator("summary").click()
    author.message(better).get_by_test_id("message-delete").click()
    for tab in (author, reader, moderator):
        expect(tab.message(better)).to_have_count(0)
    reader.page.reload()
    expect(reader.message(better)).to_have_count(0)


def test_own_messages_are_downloaded_and_after_a_question_erased_in_every_tab(visit: Visit) -> None:
    author, reader = visit("/chat"), visit("/chat")
    body = text()
    author.post(body)
    reader.expect_message(body)
    with author.page.expect_download() as download:
        author.at("own-download").click()
    assert body in download.value.path().read_text()
    author.at("own-ask").click()
    author.at("own-keep").click()
    author.at("own-ask").click()
    author.at("own-erase").click()
    expect(author.at("own-outcome")).to_have_text("Erased: 1. Nothing of yours is left.")
    for tab in (author, reader):
        expect(tab.message(body)).to_have_count(0)
