"""Moderation in every tab it concerns: reports, mutes, mentions, and held messages from their author to the queue."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, WebSocketRoute, expect

from tests.browser.scenes import link, text
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


def test_a_mention_is_marked_otherwise_for_the_member_it_names_goes_with_an_edit_and_they_go_with_their_page(
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
    expect(author.at("presence")).to_contain_text(username, timeout=SOON_MS)
    named.page.get_by_role("navigation").get_by_role("link", name="Work", exact=True).first.click()
    expect(author.at("presence")).not_to_contain_text(username, timeout=SOON_MS)


def ids_of(visitor: Visitor, *bodies: str) -> list[str]:
    return [body for body in visitor.at("chat-body").all_inner_texts() if body in bodies]


def test_a_held_message_stands_where_it_was_written_and_what_is_new_at_the_end(
    visit: Visit, as_moderator: Callable[..., BrowserContext]
) -> None:
    author, other = visit("/chat", viewport={"width": 390, "height": 844}), visit()
    second = author.second_tab()
    taken, held, replies, after = link(), f"{link()}\n" + "line\n" * 30, [text(), text()], text()
    author.post(taken)
    author.post(held)
    author.expect_message(taken, "pending")
    second.expect_message(taken, "pending")
    for body in replies:
        other.post(body)
        author.expect_message(body)
    author.post(after)
    for tab in (author, second):
        tab.expect_message(after)
        assert ids_of(tab, taken, *replies, after) == [taken, *replies, after]
    expect(author.message(after)).to_be_in_viewport()
    author.page.reload()
    author.expect_message(after)
    assert ids_of(author, taken, *replies, after) == [taken, *replies, after]
    moderator = Visitor.arrive(as_moderator().new_page(), "/moderation")
    moderator.at("moderation-row").filter(has_text=taken).get_by_test_id("moderation-approve").click()
    for tab in (author, second, other):
        tab.expect_message(taken)
        expect(tab.message(taken)).to_contain_text("Approved by a moderator")
        assert ids_of(tab, *replies, after, taken) == [*replies, after, taken]


def test_a_moderator_who_comes_too_late_reads_who_decided_until_it_is_dismissed(
    visit: Visit, as_moderator: Callable[..., BrowserContext]
) -> None:
    author, held = visit(), link()
    author.post(held)
    author.expect_message(held, "pending")
    first, late = Visitor.arrive(as_moderator().new_page(), "/moderation"), Visitor(as_moderator().new_page())
    deaf = False
    held_back: list[str | bytes] = []

    def hold_back(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            nonlocal deaf
            server.send(frame)
            if deaf and ".approve" in str(frame):
                deaf = False
                for late_frame in held_back:
                    socket.send(late_frame)

        socket.on_message(pass_on)
        server.on_message(lambda frame: held_back.append(frame) if deaf else socket.send(frame))

    late.page.route_web_socket("**/_event/**", hold_back)
    late.page.goto("/moderation")
    row = late.at("moderation-row").filter(has_text=held)
    expect(row.locator("time")).to_have_attribute("title", re.compile("GMT|UTC"), timeout=SOON_MS)
    deaf = True
    first.at("moderation-row").filter(has_text=held).get_by_test_id("moderation-remove").click()
    expect(author.at("chat-removed").filter(has_text=held)).to_be_visible(timeout=SOON_MS)
    row.get_by_test_id("moderation-approve").click()
    expect(late.at("moderation-notice")).to_contain_text("removed this message of demo", timeout=SOON_MS)
    expect(row).to_have_count(0, timeout=SOON_MS)
    expect(late.at("moderation-notice")).to_be_visible()
    late.at("moderation-notice").get_by_role("button", name="Dismiss").click()
    expect(late.at("moderation-notice")).to_have_count(0)
    expect(late.page.get_by_role("group", name="Waiting messages")).to_be_focused()
