"""What a visitor has written and the server has not confirmed: it is lost nowhere, and sent only when they want it."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, WebSocketRoute, expect

from tests.browser.scenes import REFUSED, name, refuse_a_message, text
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import Site

FORGOTTEN = "words => !JSON.stringify({ ...sessionStorage }).includes(words)"
Visit = Callable[..., Visitor]


def lose_the_network(visitor: Visitor) -> None:
    visitor.page.context.set_offline(True)
    visitor.expect_connection("offline")


def find_the_network(visitor: Visitor) -> None:
    visitor.page.context.set_offline(False)
    visitor.expect_connection("live")


def nobody_has(body: str, *tabs: Visitor) -> None:
    """A later message has come, from everybody to everybody; `body` has not."""
    for author in tabs:
        later = text()
        author.post(later)
        for tab in tabs:
            tab.expect_message(later)
    for tab in tabs:
        expect(tab.message(body).and_(tab.page.locator("[data-status=visible]"))).to_have_count(0)


def test_what_was_not_sent_goes_out_only_if_its_author_says_so(visit: Visit) -> None:
    author, reader = visit(), visit()
    author.page.clock.install()
    discarded, retried, kept = text(), text(), text()
    lose_the_network(author)
    for body in (discarded, retried):
        author.post(body)
    expect(author.message(discarded)).to_contain_text("Goes out when the connection is back.")
    author.page.clock.fast_forward(20_000)
    for body in (discarded, retried):
        author.expect_message(body, "failed")
    expect(author.at("chat-error")).to_contain_text("You are offline")
    author.message(discarded).get_by_role("button", name="Discard").click()
    author.post(kept)
    author.page.clock.fast_forward(12_000)
    find_the_network(author)
    for tab in (author, reader):
        tab.expect_message(kept)
    author.expect_message(retried, "failed")
    nobody_has(retried, author, reader)
    author.message(retried).get_by_role("button", name="Retry").click()
    for tab in (author, reader):
        tab.expect_message(retried)
    expect(author.at("chat-error")).to_be_empty()
    author.page.reload()
    for tab in (author, reader):
        tab.expect_message(kept)
        expect(tab.message(discarded)).to_have_count(0)


def test_a_message_that_was_under_way_when_it_was_discarded_is_withdrawn(
    visit: Visit, new_context: Callable[..., BrowserContext]
) -> None:
    author, reader = Visitor(new_context().new_page()), visit()
    late: list[tuple[WebSocketRoute, str]] = []

    def hold_back(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            if "SLOW" in str(frame):
                late.append((server, str(frame)))
            else:
                server.send(frame)

        socket.on_message(pass_on)

    author.page.route_web_socket("**/_event/**", hold_back)
    author.page.goto("/chat")
    author.expect_connection("live")
    author.page.clock.install()
    body = f"SLOW {text()}"
    author.post(body)
    author.expect_message(body, "sending")
    author.page.clock.fast_forward(20_000)
    author.expect_message(body, "failed")
    author.message(body).get_by_role("button", name="Discard").click()
    expect(author.message(body)).to_have_count(0)
    for server, frame in late:
        server.send(frame)
    nobody_has(body, author, reader)


def test_a_failed_row_and_a_draft_survive_reload_other_pages_and_signing_in(visit: Visit) -> None:
    visitor, draft, username = visit("/chat"), f"half a thought {text()}", name()
    page = visitor.page

    def expect_both() -> None:
        expect(visitor.at("chat-input")).to_have_value(draft, timeout=SOON_MS)
        visitor.expect_message(REFUSED, "failed")

    refuse_a_message(visitor)
    visitor.at("chat-input").fill(draft)
    page.reload()
    expect_both()
    page.get_by_role("navigation").get_by_role("link", name="Register").click()
    expect(page.locator("h1")).to_have_text("Register")
    page.go_back()
    expect_both()
    page.locator(".composer").get_by_role("link", name="Sign in").click()
    page.locator("main").get_by_role("link", name="Register").click()
    expect(page.locator("h1")).to_have_text("Register")
    visitor.at("field-email").fill(f"{username}@example.org")
    visitor.at("field-username").fill(username)
    visitor.at("field-password").fill("correct horse battery")
    visitor.at("submit").click()
    expect(visitor.at("current-user")).to_have_text(username, timeout=SOON_MS)
    assert page.url.endswith("/chat")
    expect_both()
    expect(page.locator(".composer").get_by_role("link", name="Sign in")).to_have_count(0)
    visitor.at("chat-send").click()
    visitor.expect_message(draft)
    expect(visitor.at("chat-input")).to_have_value("")
    a_member_who_signs_out_leaves_nothing(visitor)


def a_member_who_signs_out_leaves_nothing(visitor: Visitor) -> None:
    """Neither in the tab where they do, nor in another one."""
    second = visitor.second_tab()
    for tab in (visitor, second):
        tab.at("chat-input").fill("nobody else's")
    refuse_a_message(second)
    second.at("chat-input").fill("nobody else's")
    visitor.at("sign-out").click()
    for tab in (visitor, second):
        expect(tab.at("current-user")).to_have_count(0, timeout=SOON_MS)
        tab.expect_connection("live")
        expect(tab.at("chat-input")).to_have_value("", timeout=SOON_MS)
        expect(tab.message(REFUSED)).to_have_count(0)
        # Hidden at once; forgotten as soon as the server has said whose the tab is now.
        for words in ("nobody else's", REFUSED):
            tab.page.wait_for_function(FORGOTTEN, arg=words, timeout=SOON_MS)


def test_what_a_guest_wrote_in_any_room_is_there_for_the_member_they_became_elsewhere(
    visit: Visit, site: Site
) -> None:
    """In the page of a room that is opened later it is known from the start who writes."""
    room, draft, username = text().replace(" ", "-"), f"half a thought {text()}", name()
    site.run("room", "make", room, room)
    visitor = visit(f"/chat/{room}")
    visitor.at("chat-input").fill(draft)
    visitor.register(username)
    visitor.page.goto(f"/chat/{room}")
    expect(visitor.at("current-user")).to_have_text(username, timeout=SOON_MS)
    expect(visitor.at("chat-input")).to_have_value(draft, timeout=SOON_MS)
    visitor.at("chat-send").click()
    visitor.expect_message(draft)


def test_what_a_draft_answers_is_kept_with_it_until_it_is_posted(visit: Visit) -> None:
    visitor, question, answer = visit("/chat"), text(), text()
    page = visitor.page
    visitor.post(question)
    visitor.expect_message(question)
    visitor.message(question).get_by_test_id("message-menu").locator("summary").click()
    visitor.message(question).get_by_test_id("message-reply").click()
    visitor.at("chat-input").fill(answer)
    for leave in (page.reload, lambda: (page.goto("/writing"), page.go_back())):
        leave()
        expect(visitor.at("chat-input")).to_have_value(answer, timeout=SOON_MS)
        expect(visitor.at("answering")).to_contain_text(question)
    visitor.expect_connection("live")
    visitor.at("chat-send").click()
    visitor.expect_message(answer)
    expect(visitor.message(answer).get_by_test_id("message-quote")).to_contain_text(question)
    expect(visitor.at("answering")).to_have_count(0)
    page.reload()
    visitor.expect_message(answer)
    expect(visitor.at("answering")).to_have_count(0)


def test_who_answers_a_message_that_is_deleted_meanwhile_is_told(visit: Visit) -> None:
    author, visitor, question = visit("/chat"), visit("/chat"), text()
    author.post(question)
    visitor.expect_message(question)
    visitor.message(question).get_by_test_id("message-menu").locator("summary").click()
    visitor.message(question).get_by_test_id("message-reply").click()
    expect(visitor.at("answering")).to_contain_text(question)
    author.message(question).get_by_test_id("message-menu").locator("summary").click()
    author.message(question).get_by_test_id("message-delete").click()
    expect(visitor.at("answering")).to_contain_text("Answers a message that is deleted.", timeout=SOON_MS)
    visitor.at("reply-cancel").click()
    expect(visitor.at("answering")).to_have_count(0)


def test_on_touch_the_focus_stays_in_the_composer_and_enter_breaks_the_line(visit: Visit) -> None:
    visitor = visit("/chat", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    body = text()
    visitor.at("chat-input").tap()
    visitor.page.keyboard.type(body)
    visitor.at("chat-send").tap()
    visitor.expect_message(body)
    expect(visitor.at("chat-input")).to_be_focused()
    visitor.page.keyboard.type("two")
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.type("lines")
    expect(visitor.at("chat-input")).to_have_value("two\nlines")


def test_what_is_new_is_said_once_and_nothing_when_the_room_opens(visit: Visit) -> None:
    author, reader = visit(), visit()
    first, second = text(), text()
    author.post(first)
    reader.expect_message(first)
    reader.page.reload()
    reader.expect_message(first)
    expect(reader.at("chat-log")).to_have_attribute("aria-live", "off")
    expect(reader.at("chat-spoken").locator("p")).to_have_count(0)
    author.post(second)
    for tab in (author, reader):
        tab.expect_message(second)
        expect(tab.at("chat-spoken").locator("p").filter(has_text=second)).to_have_count(1)
