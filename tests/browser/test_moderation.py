"""A busy evening: a report, a mute and a mention, from the first click to every tab it concerns."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor

Visit = Callable[..., Visitor]


def test_a_reported_author_is_muted_from_the_queue_reads_why_and_writes_again_after_undo(
    visit: Visit, as_moderator: Callable[..., BrowserContext]
) -> None:
    author, reader = visit("/chat", timezone_id="Asia/Kolkata"), visit("/chat")
    body, reason = text(), text()
    author.post(body)
    reader.expect_message(body)
    row = reader.message(body)
    row.get_by_test_id("message-menu").locator("summary").click()
    row.get_by_label("Why you report").fill(reason)
    row.get_by_test_id("message-report").click()
    expect(reader.at("report-received")).to_contain_text("was received", timeout=SOON_MS)

    judge = Visitor.arrive(as_moderator().new_page(), "/moderation")
    judge.at("only-reported").click()
    reported = judge.at("moderation-row").filter(has_text=body)
    expect(reported).to_contain_text("Reported by 1 visitor", timeout=SOON_MS)
    expect(reported).to_contain_text(reason)
    reported.get_by_test_id("author-menu").locator("summary").click()
    reported.get_by_test_id("mute").filter(has_text="1 hour").click()
    expect(judge.at("author-notice")).to_contain_text("can't write for 1 hour", timeout=SOON_MS)
    expect(reported.get_by_test_id("mute").first).to_be_hidden()
    expect(judge.at("mute-row").first).to_contain_text("muted until", timeout=SOON_MS)
    reported.get_by_test_id("moderation-keep").click()
    expect(reported).to_have_count(0, timeout=SOON_MS)

    refused = text()
    author.post(refused)
    author.expect_message(refused, "failed")
    words = re.compile(r"A moderator has muted you until (\w+ \d+, \d{4}, \d+:\d\d\s[AP]M)\.")
    for told in (author.message(refused), author.at("chat-error")):
        expect(told).to_contain_text(words)
        there = re.search(words, told.inner_text())
        assert there
        until = datetime.strptime(f"{' '.join(there[1].split())} +0530", "%b %d, %Y, %I:%M %p %z")
        assert abs(until - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=10)
    judge.at("undo-author").click()
    expect(judge.at("author-notice")).to_contain_text("can write again", timeout=SOON_MS)
    author.message(refused).get_by_role("button", name="Retry").click()
    reader.expect_message(refused)


def test_a_mention_is_marked_otherwise_for_the_member_it_names_and_goes_with_an_edit(
    visit: Visit, as_moderator: Callable[..., BrowserContext]
) -> None:
    author, named = visit("/chat"), Visitor.arrive(as_moderator().new_page(), "/chat")
    username = named.at("current-user").inner_text()
    mark = f"@{username.capitalize()}"
    body = f"<b>{mark}</b>, {text()}"
    author.post(body)
    named.expect_message(body)
    for who, times in ((author, 0), (named, 1)):
        expect(who.message(body).locator("span", has_text=mark)).to_have_text(mark, timeout=SOON_MS)
        expect(who.message(body).locator("mark", has_text=mark)).to_have_count(times)
        expect(who.message(body).locator("a")).to_have_count(0)
    named.post(by_moderator := text())
    author.expect_message(by_moderator)
    expect(author.message(by_moderator).locator(".tag")).to_have_text("moderator")
    unmarked = "border-left-color", "rgba(0, 0, 0, 0)"
    expect(author.message(body)).to_have_css(*unmarked)
    expect(named.message(body)).not_to_have_css(*unmarked)
    row = author.message(body)
    row.get_by_test_id("message-menu").locator("summary").click()
    row.get_by_test_id("message-edit").click()
    edited = text()
    author.at("edit-input").fill(edited)
    author.at("edit-save").click()
    named.expect_message(edited)
    expect(named.message(edited).locator("mark")).to_have_count(0)
