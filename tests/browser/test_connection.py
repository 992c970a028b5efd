"""What a visitor sees when the network or the server goes away."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import httpx
from playwright.sync_api import BrowserContext, Page, Request, Route, WebSocketRoute, expect
from websockets.sync.client import connect

from portfolio_app.http.transport.frames import full
from portfolio_app.http.transport.frames.registry import PER_SESSION
from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, PasserBy, Visitor
from tests.other_build import OTHER
from tests.site import Site, running_site

Visit = Callable[..., Visitor]
BUILD = "window.__reactRouterManifest.version"


def test_a_tab_that_was_offline_catches_up_by_itself(visit: Visit, passer_by: PasserBy) -> None:
    away = visit()
    away.page.context.set_offline(True)
    away.expect_connection("offline")
    missed = [text() for _ in range(3)]
    for body in missed:
        passer_by.post(body)
    away.page.context.set_offline(False)
    away.expect_connection("live")
    for body in missed:
        away.expect_message(body)


def test_a_restarted_server_is_found_again_and_nothing_is_lost(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    kept, while_down, draft = text(), text(), text()
    with running_site(tmp_path) as first:
        port = int(first.url.rsplit(":", 1)[1])
        page = new_context(base_url=first.url).new_page()
        page.clock.install()  # before the page has timers: one that is due runs when the clock is put forward
        visitor = Visitor.arrive(page, "/chat")
        former = page.evaluate(BUILD)
        visitor.post(kept)
        visitor.expect_message(kept)
    visitor.expect_connection("reconnecting")
    visitor.post(while_down)
    visitor.expect_message(while_down, "sending")
    visitor.at("chat-input").fill(draft[:-3])
    visitor.at("search-input").fill("half a word")
    with running_site(tmp_path, port=port, command=("tests.other_build", str(tmp_path))):
        expect(visitor.at("connection")).to_have_attribute("data-state", "live", timeout=3 * SOON_MS)
        visitor.expect_message(kept)
        visitor.expect_message(while_down)
        moves_over_at_a_quiet_moment(visitor, draft)
        assert page.evaluate(BUILD) == OTHER != former
        visitor.expect_message(kept)
        visitor.expect_message(while_down)
        assert httpx.get(f"http://localhost:{port}/assets/manifest-{former}.js").status_code == httpx.codes.OK
        page.context.close()


def moves_over_at_a_quiet_moment(visitor: Visitor, draft: str) -> None:
    """To the build that is served now; with a word in a field, an open dialog or another build's page there is none."""
    page, asked = visitor.page, list[str]()

    def note(request: Request) -> None:
        if request.resource_type == "fetch" and request.url.endswith("/chat"):
            asked.append(request.url)

    def former_page(route: Route) -> None:
        route.fulfill(body="the page of a host that still serves the former build")

    page.on("request", note)
    page.evaluate("window.isFormer = true")
    a_look_later(visitor)
    page.route("**/chat", former_page, times=1)
    with page.expect_response("**/chat"):
        visitor.at("search-input").fill("")
        page.clock.fast_forward(6_000)
    visitor.posts().get_by_role("button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    a_look_later(visitor)
    dialog.press("Escape")
    expect(dialog).to_be_hidden()
    visitor.at("chat-input").focus()
    page.keyboard.type(draft[-3:])
    assert page.evaluate("window.isFormer")
    assert len(asked) == 1
    with page.expect_navigation():
        page.clock.fast_forward(6_000)
    visitor.expect_connection("live")
    expect(visitor.at("chat-input")).to_have_value(draft)
    expect(visitor.at("chat-input")).to_be_focused()


def a_look_later(visitor: Visitor) -> None:
    """More than a minute on: the line is asked whether it is there, then the tab looks whether it may move."""
    visitor.page.clock.fast_forward(70_000)
    visitor.expect_connection("live")
    visitor.page.clock.run_for(1_100)


class Line:
    """The websockets of a tab, on a line that swallows what goes through those that are open when it is told to."""

    def __init__(self, page: Page) -> None:
        self.sockets = 0
        self._swallowed = 0
        page.route_web_socket("**/_event/**", self._open)

    def swallow(self) -> None:
        self._swallowed = self.sockets

    def _open(self, socket: WebSocketRoute) -> None:
        self.sockets += 1
        number, server = self.sockets, socket.connect_to_server()

        def through(to: WebSocketRoute) -> Callable[[str | bytes], None]:
            return lambda frame: None if number <= self._swallowed else to.send(frame)

        socket.on_message(through(server))
        server.on_message(through(socket))


def test_a_line_that_swallows_everything_is_noticed_and_left(
    visit: Visit, new_context: Callable[..., BrowserContext]
) -> None:
    other, visitor = visit(), Visitor(new_context().new_page())
    page, body = visitor.page, text()
    line = Line(page)
    page.goto("/chat")
    visitor.expect_connection("live")
    page.clock.install()
    signs: list[tuple[Callable[[], object], int]] = [
        (lambda: visitor.post(body), 3_100),
        (lambda: page.evaluate("dispatchEvent(new Event('online'))"), 0),
        (lambda: page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"), 0),
        (lambda: None, 25_100),
    ]
    for sign, until_asked in signs:
        line.swallow()
        sign()
        page.clock.fast_forward(until_asked)
        page.clock.fast_forward(3_100)
        missed = text()
        other.post(missed)
        visitor.expect_message(missed)
    for tab in (visitor, other):
        tab.expect_message(body)


def test_the_first_word_is_connecting_and_a_line_without_websockets_is_named(
    new_context: Callable[..., BrowserContext], site: Site
) -> None:
    assert 'data-state="connecting"' in httpx.get(f"{site.url}/chat").text
    visitor, body = Visitor(new_context().new_page()), text()
    refusing = True

    def answer(socket: WebSocketRoute) -> None:
        if refusing:
            socket.close()
        else:
            socket.connect_to_server()

    visitor.page.route_web_socket("**/_event/**", answer)
    visitor.page.clock.install()
    visitor.page.goto("/chat")
    visitor.expect_connection("connecting")
    visitor.page.clock.run_for(15_000)
    visitor.expect_connection("blocked")
    expect(visitor.at("blocked")).to_have_attribute("data-reason", "websocket")
    visitor.post(body)
    visitor.expect_message(body, "sending")
    refusing = False
    visitor.page.clock.run_for(10_000)
    visitor.expect_connection("live")
    expect(visitor.at("blocked")).to_have_count(0)
    visitor.expect_message(body)


def test_a_browser_with_too_many_tabs_is_told_so_on_the_page(visit: Visit) -> None:
    visitor = visit()
    context, origin = visitor.page.context, visitor.page.evaluate("location.origin")
    cookie = "; ".join(f"{kept['name']}={kept['value']}" for kept in context.cookies())
    with ExitStack() as others:
        for _ in range(PER_SESSION - 1):
            query = f"EIO=4&transport=websocket&token={uuid4()}"
            address = f"{origin.replace('http', 'ws')}/_event/?{query}"
            headers = {"cookie": cookie}
            other = connect(address, origin=origin, additional_headers=headers, proxy=None, compression=None)
            others.enter_context(other).send("40/_event,{}")
        one_more = Visitor(context.new_page())
        one_more.page.goto("/chat")
        expect(one_more.at("blocked")).to_contain_text(full.VISITOR)
        one_more.expect_connection("offline")
        visitor.expect_connection("live")
    one_more.at("blocked").get_by_role("link", name="Reload").click()
    one_more.expect_connection("live")
    expect(one_more.at("blocked")).to_have_count(0)
