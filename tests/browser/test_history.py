"""A long room: back to its first message, and to the newest again."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.keyboard import Keyboard
from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, PasserBy, Visitor
from tests.site import Site

Visit = Callable[..., Visitor]
FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOP = "(row) => row.getBoundingClientRect().top"


def fill(site: Site, count: int) -> str:
    """A room with `count` messages, three a day."""
    slug = f"long-{uuid4().hex[:8]}"
    with closing(sqlite3.connect(site.data_dir / "portfolio.db", timeout=30)) as database, database:
        database.execute(
            "INSERT INTO rooms (slug, title, position, revision) VALUES (?, 'Long', 9, ?)", (slug, count)
        )
        database.executemany(
            "INSERT INTO messages (id, room, client_id, session_id, author_name, author_tag, body, status, posted_at,"
            " revision, position) VALUES (?, ?, ?, ?, 'demo', 'ab12', ?, 'visible', datetime(?, 'unixepoch'), ?, ?)",
            [
                (
                    f"{slug}-{n}",
                    slug,
                    f"client-{n:06}",
                    slug,
                    f"message {n}",
                    FIRST.timestamp() + n * 28_800,
                    n,
                    n,
                )
                for n in range(1, count + 1)
            ],
        )
    return slug


def bodies(visitor: Visitor) -> list[int]:
    return [int(body.removeprefix("message ")) for body in visitor.at("chat-body").all_inner_texts()]


def scroll(log: Locator, top: str) -> None:
    log.evaluate(f"(log) => log.scrollTo(0, {top})")


def expect_first(visitor: Visitor, number: int) -> None:
    expect(visitor.at("chat-body").first).to_have_text(f"message {number}", timeout=SOON_MS)


def test_scrolling_up_reaches_the_first_of_120_messages_without_a_jump(visit: Visit, site: Site) -> None:
    visitor = visit(f"/chat/{fill(site, 120)}")
    visitor.expect_message("message 120")
    assert bodies(visitor) == list(range(61, 121))
    log, row = visitor.at("chat-log"), visitor.message("message 63")
    scroll(log, "log.querySelector('[data-rev=\"63\"]').offsetTop - log.offsetTop")
    before = row.evaluate(TOP)
    expect_first(visitor, 1)
    assert row.evaluate(TOP) == pytest.approx(before, abs=1)
    assert bodies(visitor) == list(range(1, 121))
    expect(visitor.at("older")).to_have_count(0)
    visitor.page.reload()
    expect(visitor.message("message 63")).to_be_in_viewport(timeout=SOON_MS)
    expect(visitor.page.get_by_role("button", name="below")).to_have_count(0)


def test_a_long_way_back_forgets_the_newest_and_leads_there_again(
    visit: Visit, site: Site, passer_by: PasserBy
) -> None:
    slug = fill(site, 700)
    visitor = visit(f"/chat/{slug}")
    for first in (*range(581, 0, -60), 1):
        scroll(visitor.at("chat-log"), "0")
        expect_first(visitor, first)
    assert bodies(visitor) == list(range(1, 501)), "far pages are forgotten"
    elsewhere = text()
    passer_by.post(elsewhere, slug)
    expect(visitor.message(elsewhere)).to_have_count(0)
    scroll(visitor.at("chat-log"), "log.scrollHeight")
    expect(visitor.at("chat-body").last).to_have_text("message 560", timeout=SOON_MS)
    visitor.at("jump-to-newest").click()
    visitor.expect_message(elsewhere)
    expect(visitor.at("jump-to-newest")).to_have_count(0)
    assert visitor.at("chat-message").count() == 60
    expect(visitor.message(elsewhere)).to_be_in_viewport()


def test_a_date_leads_to_its_messages_and_posting_leads_to_the_end(visit: Visit, site: Site) -> None:
    visitor = visit(f"/chat/{fill(site, 300)}")
    visitor.page.get_by_label("Go to date").fill("2026-02-01")
    visitor.at("go-to-day").click()
    expect(visitor.at("newer")).to_be_attached(timeout=SOON_MS)
    shown = bodies(visitor)
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert shown[0] < 31 * 3 < shown[-1]
    expect(visitor.message(f"message {shown[30]}")).to_be_in_viewport()
    for day, number in (("1912-06-23", 1), ("9999-12-31", 300)):  # before the first, and after the last
        visitor.page.get_by_label("Go to date").fill(day)
        visitor.at("go-to-day").click()
        expect(visitor.message(f"message {number}")).to_be_in_viewport(timeout=SOON_MS)
    expect(visitor.at("chat-error")).to_be_empty()
    body = text()
    visitor.post(body)
    visitor.expect_message(body)
    expect(visitor.at("newer")).to_have_count(0)


def test_a_message_has_an_address_that_opens_the_room_there_and_an_unknown_one_says_so(
    visit: Visit, site: Site
) -> None:
    slug = fill(site, 300)
    visitor = visit(f"/chat/{slug}/{slug}-90")
    row = visitor.message("message 90")
    expect(row).to_be_in_viewport(timeout=SOON_MS)
    expect(row).not_to_have_attribute("data-wanted", "0")
    assert bodies(visitor)[0] < 90 < bodies(visitor)[-1] < 300
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row.get_by_test_id("message-menu").locator("summary").click()
    row.get_by_test_id("message-link").click()
    expect(row.get_by_test_id("message-link")).to_have_text("Copied")
    address = visitor.page.evaluate("navigator.clipboard.readText()")
    assert address == f"{site.url}/chat/{slug}/{slug}-90"
    expect(row.get_by_test_id("message-link")).to_have_text("Copy link")  # by now it may hold something else
    visitor.at("jump-to-newest").click()
    visitor.expect_message("message 300")
    answer = visitor.page.goto(f"/chat/{slug}/{slug}-301")
    assert answer is not None
    assert answer.status == 404
    expect(visitor.at("chat-error")).to_contain_text("no such message", timeout=SOON_MS)


def test_a_room_made_by_a_moderator_is_listed_in_open_tabs_with_its_unread_messages(
    visit: Visit, as_moderator: Callable[..., BrowserContext]
) -> None:
    reader, author = visit("/chat"), visit("/chat")
    own = text()
    reader.post(own)
    reader.expect_message(own)
    moderator = Visitor.arrive(as_moderator().new_page(), "/moderation")
    slug = f"room-{uuid4().hex[:8]}"
    called = f"About {slug}"
    name, title = (moderator.page.get_by_label(f"{what} of a new room") for what in ("Name", "Title"))
    name.fill("lobby")
    title.fill(called)
    moderator.at("room-make").click()
    refused = moderator.page.get_by_role("alert").filter(has_text="There is a room with that name already.")
    expect(refused).to_be_visible(timeout=SOON_MS)
    expect(name).to_have_value("lobby")  # what was refused stays to be corrected
    expect(title).to_have_value(called)
    name.fill(slug)
    moderator.at("room-make").click()
    expect(name).to_have_value("", timeout=SOON_MS)
    expect(title).to_have_value("")
    expect(refused).to_have_count(0)
    link, lobby = (
        reader.page.locator(f"[data-testid=room-link][data-slug={each}]") for each in (slug, "lobby")
    )
    link.click()
    expect(reader.at("chat-room")).to_have_text(called)
    expect(reader.page).to_have_title(re.compile(called))
    lobby.click()
    expect(reader.at("chat-room")).to_have_text("Lobby")
    expect(reader.page).to_have_title(re.compile("Lobby"))
    author.post(read := text())
    reader.expect_message(read)
    link.click()
    expect(reader.at("chat-room")).to_have_text(called)
    expect(lobby).to_have_attribute("data-unread", "")  # it was on the screen
    lobby.click()
    expect(reader.at("chat-room")).to_have_text("Lobby")
    author.page.goto(f"/chat/{slug}")
    author.expect_connection("live")
    body = text()
    author.post(body)
    author.expect_message(body)
    message = author.message(body)
    message.get_by_test_id("message-menu").locator("summary").click()
    message.get_by_test_id("message-react").first.click()
    sign = message.get_by_test_id("reaction")
    expect(message.get_by_role("button", name=re.compile(", 1$")).and_(sign)).to_be_visible(timeout=SOON_MS)
    author.page.keyboard.press("Escape")
    reader.page.reload()
    expect(link).to_have_attribute("data-unread", "1", timeout=SOON_MS)
    row = moderator.page.locator(f"[data-testid=room-row][data-slug={slug}]")
    row.get_by_role("button", name="Archive").click()
    expect(author.at("chat-input")).to_have_count(0, timeout=SOON_MS)
    message.get_by_test_id("message-menu").locator("summary").click()
    expect(message.get_by_test_id("message-delete")).to_be_visible()
    for said in ("edit", "reply", "react"):
        expect(message.get_by_test_id(f"message-{said}")).to_have_count(0)
    expect(message.get_by_role("img", name=re.compile(", 1$")).and_(sign)).to_be_visible()
    expect(link).to_have_count(0)


def test_a_search_lists_results_and_one_that_is_pressed_comes_into_view(visit: Visit, site: Site) -> None:
    visitor = visit(f"/chat/{fill(site, 300)}")
    visitor.expect_message("message 300")
    visitor.at("search-input").fill("message")
    visitor.at("search-input").press("Enter")
    hits = visitor.at("search-hit")
    expect(hits).to_have_count(20)
    expect(hits.first).to_contain_text("message 300")
    visitor.at("search-older").click()
    expect(hits).to_have_count(40)
    visitor.at("search-input").fill("MESSAGE 17")
    visitor.at("search-go").click()
    expect(visitor.at("search-count")).to_have_text("1 found with MESSAGE 17")
    hits.click()
    expect(visitor.message("message 17")).to_be_in_viewport(timeout=SOON_MS)
    assert 1 in bodies(visitor)
    assert 300 not in bodies(visitor)
    visitor.at("search-input").fill('"…')
    visitor.at("search-go").click()
    expect(visitor.page.get_by_role("alert").filter(has_text="Write a word to look for")).to_be_visible()
    expect(hits).to_have_count(0)


def test_what_the_keyboard_has_led_to_stays_in_view_while_rows_come_above_and_below(
    visit: Visit, site: Site, passer_by: PasserBy
) -> None:
    slug = fill(site, 300)
    visitor = visit(f"/chat/{slug}")
    keys, rows = Keyboard(visitor.page), visitor.at("chat-message")
    visitor.expect_message("message 300")
    keys.go_to(visitor.page.get_by_role("button", name="Older messages"))
    before = rows.count()
    keys.press("Enter")
    expect(rows).not_to_have_count(before)
    keys.press("Tab")
    for body in [text() for _ in range(3)]:
        passer_by.post(body, slug)
        visitor.expect_message(body)
    keys.press("Shift+Tab")


def test_a_room_is_searched_and_turned_to_a_date_and_a_message_reacted_to_and_answered_by_keyboard(
    visit: Visit, site: Site
) -> None:
    visitor, question, answer = visit(f"/chat/{fill(site, 300)}"), text(), text()
    keys = Keyboard(visitor.page)
    visitor.expect_message("message 300")
    keys.write(visitor.at("search-input"), "message 17")
    keys.press("Enter")
    expect(visitor.at("search-count")).to_have_text("1 found with message 17", timeout=SOON_MS)
    keys.go_to(visitor.at("search-hit"))
    keys.press("Enter")
    expect(visitor.message("message 17")).to_be_in_viewport(timeout=SOON_MS)
    keys.go_to(visitor.at("search-close"))
    keys.press("Space")
    expect(visitor.at("search-hit")).to_have_count(0)
    assert keys.has_focus(visitor.at("search-input")), "the results went away, their field has the focus"
    day = visitor.page.get_by_label("Go to date")
    keys.back_to(day)
    while keys.has_focus(day):  # it has a stop for the month, the day, the year and the calendar
        keys.press("Shift+Tab")
    keys.press("Tab")
    visitor.page.keyboard.type("03152026")
    keys.press("Enter")
    expect(visitor.message("message 218")).to_be_in_viewport(timeout=SOON_MS)
    keys.back_to(visitor.at("chat-input"))  # past the start of the page, from its end
    visitor.page.keyboard.type(question)
    keys.press("Enter")
    visitor.expect_message(question)
    asked = visitor.message(question)
    keys.back_to(asked.get_by_test_id("message-menu").locator("summary"))
    keys.press("Enter")
    keys.go_to(asked.locator("[data-testid=message-react][data-sign=party]"))
    keys.press("Enter")
    expect(asked.get_by_test_id("reaction")).to_have_attribute("aria-pressed", "true", timeout=SOON_MS)
    keys.go_to(asked.get_by_test_id("message-reply"))
    keys.press("Enter")
    expect(visitor.at("answering")).to_contain_text(question)
    assert keys.has_focus(visitor.at("chat-input"))
    visitor.page.keyboard.type(answer)
    keys.press("Enter")
    visitor.expect_message(answer)
    keys.back_to(visitor.message(answer).get_by_test_id("message-quote"))
    keys.press("Enter")
    expect(visitor.page.locator("[data-testid=chat-message]:not([data-wanted='0'])")).to_contain_text(
        question
    )
