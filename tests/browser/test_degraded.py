"""Arriving where something is missing: cookies, storage, websockets, untouched text. Each page says what works."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hindered import WAYS, WHOLE, hindered
from tests.browser.scenes import NOWHERE, text
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import Site

NewContext = Callable[..., BrowserContext]
EVENTS = re.compile("/_event/")
LONGER_THAN_ITS_PATIENCE_MS = 11_000
FILL = """() => {
  for (const storage of [localStorage, sessionStorage]) {
    for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2)) {
      try { for (let n = 0; ; n++) storage.setItem(`${size}.${n}`, "x".repeat(size)); } catch {}
    }
  }
}"""
FORBID = (
    "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, "
    "{ configurable: true, get() { throw new DOMException('denied', 'SecurityError'); } });"
)
SEEN = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => HIDDEN });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
WRAP = """() => {
  const wrap = (root) => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) found.push(texts.currentNode);
    for (const node of found) {
      if (!node.data.trim() || node.parentNode.closest("font, script, style, textarea, [translate=no]")) continue;
      const font = document.createElement("font");
      node.replaceWith(font);
      font.append(node);
    }
  };
  wrap(document.body);
  new MutationObserver((changes) =>
    changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => node.isConnected && wrap(node.parentNode)))
  ).observe(document.body, { childList: true, subtree: true });
}"""


def forget_cookies(page: Page) -> None:
    """Have the tab keep no cookie: scripts can't set one, and what an answer sets is forgotten."""
    context = page.context
    page.on("response", lambda _: context.clear_cookies())
    context.new_cdp_session(page).send("Emulation.setDocumentCookieDisabled", {"disabled": True})


@pytest.fixture
def without_cookies(new_context: NewContext) -> Page:
    """A tab that keeps no cookie."""
    page = new_context().new_page()
    forget_cookies(page)
    return page


def test_with_cookies_blocked_pages_are_read_and_demos_say_what_they_lack(without_cookies: Page) -> None:
    page, errors, said = without_cookies, [], text()
    page.on("pageerror", lambda error: errors.append(str(error)))
    visitor = Visitor.arrive(page, "/")
    expect(page.locator("h1")).to_have_count(1)
    expect(visitor.at("blocked")).to_have_attribute("data-reason", "cookies")
    visitor.post(said)
    visitor.expect_message(said)
    visitor.at("burst-run").click()
    expect(visitor.at("burst-error")).to_contain_text("blocks cookies")
    page.locator(".theme-switch").click()
    page.get_by_role("link", name="Chat", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Chat")
    assert errors == []


def test_with_storage_full_or_forbidden_everything_works(new_context: NewContext, site: Site) -> None:
    page, errors = new_context().new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/robots.txt")
    page.evaluate(FILL)
    visitor = Visitor.arrive(page, "/chat")
    expect(visitor.at("blocked")).to_have_attribute("data-reason", "full")
    page.locator(".theme-switch").click()
    page.add_init_script(FORBID)
    visitor = Visitor.arrive(page, "/chat")
    expect(visitor.at("blocked")).to_have_attribute("data-reason", "blocked")
    assert errors == []


def wait_in_vain(page: Page, path: str = "/chat") -> Visitor:
    """Open a page that gets no websocket, post, and let the time pass that it waits."""
    page.clock.install()
    visitor = Visitor(page)
    page.goto(path)
    expect(visitor.at("connection")).to_have_attribute("data-state", "connecting")
    page.wait_for_function("() => window.__reflex !== undefined")
    return visitor


@pytest.mark.parametrize("way", WAYS)
def test_whatever_hinders_websockets_is_named_and_the_page_reads_and_posts_until_it_is_gone(
    new_context: NewContext, site: Site, way: str
) -> None:
    with hindered(int(site.url.rsplit(":", 1)[1]), way) as line:
        page, said, after = new_context(base_url=line.url).new_page(), text(), text()
        visitor = wait_in_vain(page)
        page.clock.fast_forward(LONGER_THAN_ITS_PATIENCE_MS)
        expect(visitor.at("blocked")).to_have_attribute("data-reason", "websocket")
        visitor.expect_connection("blocked")
        plain = page.context.new_page()
        plain.goto("/plain/lobby")
        plain.locator("textarea").fill(said)
        plain.get_by_role("button", name="Post").click()
        expect(plain.get_by_text(said, exact=True)).to_have_count(1)
        plain.close()
        visitor.expect_message(said)
        line.way = WHOLE
        page.clock.run_for(2 * LONGER_THAN_ITS_PATIENCE_MS)  # past any attempt that is still waited for
        visitor.expect_connection("live")
        expect(visitor.at("blocked")).to_have_count(0)
        visitor.post(after)
        visitor.expect_message(after)
        visitor.expect_message(said)
        page.context.close()


def test_without_a_websocket_a_page_says_why_and_a_message_gets_through(new_context: NewContext) -> None:
    page, said = new_context().new_page(), text()
    page.route_web_socket(EVENTS, lambda _socket: None)
    visitor = wait_in_vain(page, "/")
    visitor.post(said)
    visitor.expect_message(said, "sending")
    page.clock.fast_forward(LONGER_THAN_ITS_PATIENCE_MS)
    expect(visitor.at("blocked")).to_have_attribute("data-reason", "websocket")
    expect(page.get_by_text("Reading the room…")).to_be_hidden()
    expect(visitor.at("room-link")).not_to_have_count(0)
    expect(visitor.at("hello-error")).to_contain_text("waits in the room")
    expect(visitor.at("blocked")).to_contain_text("the live log gets its rows by a plain stream")
    expect(visitor.at("arrival")).to_have_text(
        re.compile("^Not measured: there is no live connection"), use_inner_text=True
    )
    visitor.at("burst-run").click()
    expect(visitor.at("burst-error")).to_contain_text("Not started")

    # Rows of what is posted by the plain form come by the stream of terminals, each once.
    plain, elsewhere = page.context.new_page(), text()
    plain.goto("/plain/lobby")
    plain.locator("textarea").fill(elsewhere)
    plain.get_by_role("button", name="Post").click()
    expect(plain.get_by_text(elsewhere, exact=True)).to_have_count(1)
    rows = visitor.at("log-row").filter(has_text="INSERT INTO messages")
    expect(rows).to_have_count(1, timeout=SOON_MS)
    expect(page.locator("[data-testid=network-row][data-path='/unsent/message']")).to_have_count(1)
    visitor.expect_message(elsewhere)
    plain.close()

    # A session may have few of these streams: a tab out of sight leaves its own to those that are looked at.
    for happens, hidden in (("requestfailed", "true"), ("request", "false")):
        with page.expect_event(happens, lambda request: "/api/stream" in request.url):
            page.evaluate(SEEN.replace("HIDDEN", hidden))

    # What is pressed and has to wait brings the reason into view.
    reason = page.locator("html[data-pressed]").get_by_test_id("blocked")
    page.get_by_role("button", name="Attack").first.click()
    expect(reason).to_be_in_viewport(ratio=1)
    visitor.at("post-plainly").click()
    expect(page).to_have_url(re.compile("/plain/lobby$"))
    expect(page.get_by_text(said, exact=True)).to_have_count(1)


def test_an_address_that_no_build_knows_has_words_without_its_script_and_before_it(
    new_context: NewContext,
) -> None:
    nothing = "Nothing at this address."
    still = new_context(java_script_enabled=False).new_page()
    still.goto(NOWHERE)
    expect(still.get_by_role("heading", name=nothing)).to_be_visible()
    expect(still).to_have_title(re.compile("^Not found"))

    page = new_context().new_page()
    page.route(re.compile(r"\.js$"), lambda route: route.abort())
    page.goto(f"/traces/{'0' * 32}")
    expect(page.get_by_text("Reading the page…")).to_be_visible()
    page.goto(NOWHERE)
    expect(page.get_by_role("heading", name=nothing)).to_be_visible()
    page.unroute_all()
    page.reload()
    expect(page.locator("h1")).to_have_text(nothing, timeout=SOON_MS)
    expect(page.get_by_role("heading", name=nothing)).to_have_count(1)


def test_without_scripts_what_is_live_says_so_and_the_room_leads_to_its_plain_page(
    new_context: NewContext,
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/account")
    expect(page.get_by_text("JavaScript is off: what is live here needs it.")).to_be_visible()
    expect(page.get_by_text("Reading your sessions…")).to_be_hidden()
    page.goto("/chat")
    expect(page.get_by_text("Reading the room…")).to_be_hidden()
    expect(page.get_by_text("breaks the line")).to_be_hidden()
    page.locator("[data-panel=chat]").get_by_role("link", name="page without live updates").click()
    expect(page.get_by_role("heading", name="Lobby")).to_be_visible()


def test_a_part_that_breaks_takes_nothing_else_along(new_context: NewContext) -> None:
    page, said = new_context().new_page(), text()
    page.add_init_script("HTMLDialogElement.prototype.showModal = () => { throw new Error('none here'); }")
    visitor = Visitor.arrive(page, "/")
    visitor.expect_arrival()
    visitor.at("log-trace").last.click()
    expect(visitor.at("broke")).to_contain_text("the rest works")
    visitor.post(said)
    visitor.expect_message(said)
    expect(visitor.posts()).to_have_count(1)
    expect(page.get_by_text("Something broke here.")).to_have_count(0)


def test_a_page_of_an_origin_that_is_not_the_sites_names_the_setting(
    new_context: NewContext, site: Site
) -> None:
    page, elsewhere = new_context().new_page(), site.url.replace("localhost", "visitor.test")
    visitor = wait_in_vain(page, f"{elsewhere}/chat")
    page.clock.fast_forward(LONGER_THAN_ITS_PATIENCE_MS)
    expect(visitor.at("blocked")).to_have_attribute("data-reason", "origin")
    expect(visitor.at("blocked")).to_contain_text(f"opened at {elsewhere}")
    expect(visitor.at("blocked")).to_contain_text("PUBLIC_URL")
    assert site.output().count(f"refused the origin {elsewhere}") == 1


def test_the_notice_goes_when_the_connection_is_there(new_context: NewContext) -> None:
    page, blocked = new_context().new_page(), [True]
    page.route_web_socket(EVENTS, lambda ws: ws.close() if blocked[0] else ws.connect_to_server())
    page.route(re.compile("/api/connection"), lambda route: route.abort())
    visitor = wait_in_vain(page)
    page.clock.fast_forward(LONGER_THAN_ITS_PATIENCE_MS)
    expect(visitor.at("blocked")).to_have_attribute("data-reason", "unreachable")
    blocked[0] = False
    page.clock.fast_forward(LONGER_THAN_ITS_PATIENCE_MS)
    visitor.expect_connection("live")
    expect(visitor.at("blocked")).to_have_count(0)


def test_a_page_whose_text_a_translator_wraps_survives_a_burst(visit: Callable[..., Visitor]) -> None:
    visitor, said = visit("/"), text()
    errors: list[str] = []
    visitor.page.on("pageerror", lambda error: errors.append(str(error)))
    visitor.page.evaluate(WRAP)
    visitor.post(said)
    visitor.expect_message(said)
    visitor.at("burst-size").fill("200")
    visitor.at("burst-run").click()
    expect(visitor.at("burst-status")).to_have_attribute("data-phase", "done", timeout=SOON_MS)
    expect(visitor.at("ledger-sent")).to_have_text("200")
    expect(visitor.page.get_by_text("Something broke here.")).to_have_count(0)
    visitor.page.get_by_role("link", name="Chat", exact=True).first.click()
    visitor.expect_message(said)
    assert errors == []
