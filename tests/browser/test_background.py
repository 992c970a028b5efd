"""Pages that are not in view: opened in the background, cut off meanwhile, or left and there all the same."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import CHROMIUM_FLAGS, executable
from tests.browser.scenes import text
from tests.browser.test_first_screen import LAST_END, about, expect_sum
from tests.browser.visitor import SOON_MS, PasserBy, Visitor
from tests.site import Site, free_port

pytestmark = pytest.mark.sections("live")

STATIONS = "(all) => all.map((station) => station.firstElementChild.textContent)"
PAINTED = """() => new Promise((done) => new PerformanceObserver(() => setTimeout(done, 600))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""
"""And so much later that the page has asked again for what it shows, if it does."""
WATCH = """() => {
  window.seen = [];
  const shown = document.querySelector("[data-testid=connection]");
  new MutationObserver(() => seen.push(shown.dataset.state)).observe(shown, { attributes: true });
  addEventListener("beforeunload", () => seen.push("left"));
}"""
LEAVE = """(href) => {
  const link = Object.assign(document.createElement("a"), { href });
  document.body.append(link);
  link.click();
  link.remove();
}"""


class Window:
    """A window of a browser, minimised or not: the pages of Playwright's own contexts always count as in view."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._line = page.context.new_cdp_session(page)
        self._id = self._line.send("Browser.getWindowForTarget")["windowId"]

    def be(self, state: str) -> None:
        """`minimized` or `normal`."""
        self._line.send("Browser.setWindowBounds", {"windowId": self._id, "bounds": {"windowState": state}})
        seen = "hidden" if state == "minimized" else "visible"
        self.page.wait_for_function(f"document.visibilityState === '{seen}'", polling=50)


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    """A minimised window of a browser of its own."""
    kind, port = chromium.browser_type, free_port()
    own = kind.launch(executable_path=executable(), args=[*CHROMIUM_FLAGS, f"--remote-debugging-port={port}"])
    seen = kind.connect_over_cdp(f"http://127.0.0.1:{port}", no_defaults=True)
    made = Window(seen.contexts[0].new_page())
    made.be("minimized")
    yield made
    seen.close()
    own.close()


def test_a_page_opened_in_the_background_measures_its_arrival_and_no_paint_that_waited_for_the_visitor(
    window: Window, site: Site
) -> None:
    visitor = Visitor(window.page)
    visitor.page.goto(site.url)
    first = about(visitor, "arrival")
    visitor.expect_arrival()
    assert [frame.url for frame in visitor.page.frames if "second-tab" in frame.url] == []
    stations, spans = first.locator(".trace-station"), first.get_by_test_id("arrival-span")
    known = stations.evaluate_all(STATIONS)
    assert known == ["document", "websocket", "page read"]
    shown = spans.count()

    window.be("normal")
    visitor.page.evaluate(PAINTED)
    assert stations.evaluate_all(STATIONS) == known
    assert spans.count() == shown
    expect(first).not_to_contain_text(re.compile("NaN|paint"))
    expect_sum(first.get_by_test_id("trace-path").text_content() or "", spans.evaluate_all(LAST_END))
    visitor.at("hello-send").click()
    about(visitor, "message")
    reached = stations.filter(has_text="painted here")
    expect(reached).to_have_attribute("data-reached", "true", timeout=SOON_MS)


def test_a_line_that_is_lost_and_found_is_no_other_arrival(
    visit: Callable[..., Visitor], passer_by: PasserBy
) -> None:
    visitor, said = visit("/"), text()
    panel = visitor.page.locator("[data-panel=first]")
    about(visitor, "arrival")
    visitor.expect_arrival()
    arrival = panel.get_attribute("data-request-id")
    visitor.page.context.set_offline(True)
    visitor.expect_connection("offline")
    passer_by.post(said)
    visitor.page.context.set_offline(False)
    visitor.expect_connection("live")
    visitor.expect_message(said)
    visitor.page.evaluate(PAINTED)
    assert panel.get_attribute("data-request-id") == arrival


def test_a_page_that_is_left_and_stays_keeps_its_connection_its_draft_and_its_run(
    visit: Callable[..., Visitor], passer_by: PasserBy
) -> None:
    visitor, draft = visit("/"), text()
    page, opened = visitor.page, list[str]()
    visitor.expect_arrival()
    page.on("websocket", lambda socket: opened.append(socket.url))
    page.route("**/a-file", attach)
    page.route("**/nothing", lambda route: route.fulfill(status=204))
    page.route("**/never", lambda _route: None)
    page.evaluate(WATCH)
    visitor.at("chat-input").fill(draft)
    visitor.at("burst-size").fill("200")
    visitor.at("burst-run").click()
    line = page.context.new_cdp_session(page)
    for times, href in enumerate(("mailto:ann@example.org", "/a-file", "/nothing", "/never"), 1):
        if href == "/never":  # as somebody does who changes their mind
            with page.expect_request("**/never"):
                page.evaluate(LEAVE, href)
            line.send("Page.stopLoading")
        else:
            page.evaluate(LEAVE, href)
        page.wait_for_function("(times) => seen.length >= times", arg=times)
        said = text()
        passer_by.post(said)
        visitor.expect_message(said)
    expect(visitor.at("burst-status")).to_have_attribute("data-phase", "done", timeout=SOON_MS)
    expect(visitor.at("ledger-pushed")).to_have_text("200")
    assert page.evaluate("seen") == ["left"] * 4
    assert opened == []
    expect(visitor.at("chat-input")).to_have_value(draft)


def attach(route: Route) -> None:
    route.fulfill(body="a file", headers={"content-disposition": "attachment; filename=a.txt"})
