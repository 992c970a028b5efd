"""The first screen: a visitor's arrival without a click, and the way of their message after one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import MOVING
from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import running_site

pytestmark = pytest.mark.sections("live")

PHONE = {"width": 390, "height": 844}
SCREENS = 9

Visit = Callable[..., Visitor]
LEAST = 8
SHORT = 8
SHIFTS = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries()
  .filter((entry) => !entry.hadRecentInput).reduce((sum, entry) => sum + entry.value, 0)))
  .observe({ type: "layout-shift", buffered: true }) ?? setTimeout(done, 500, 0))"""
IN_VIEW = """(rows) => rows.filter((row) => {
  const region = row.closest(".trace-body").getBoundingClientRect(), { top, bottom } = row.getBoundingClientRect();
  return top >= region.top && bottom <= Math.min(region.bottom, innerHeight) + 1;
}).map((row) => row.querySelector(".trace-name").textContent)"""


OFF_THE_LINE = """(ticks) => ticks.filter((tick) => tick.offsetParent).map((tick) => {
  const line = tick.closest(".trace-body").querySelector(".trace-track").getBoundingClientRect();
  const left = Number(getComputedStyle(tick).getPropertyValue("--left"));
  return Math.abs(tick.getBoundingClientRect().left - line.left - (line.width * left) / 100);
})"""
"""How far each tick of the axis is from where its time is on the line that the bars are drawn on, in pixels."""


def about(visitor: Visitor, kind: str) -> Locator:
    """The first waterfall, once it is about `kind`."""
    first = visitor.at("arrival")
    expect(first).to_have_attribute("data-about", kind, timeout=SOON_MS)
    return first


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_it_shows_the_arrival_by_itself_and_a_message_after_one_click(
    visit: Visit, width: int, height: int
) -> None:
    visitor = visit("/", viewport={"width": width, "height": height}, **MOVING)
    page = visitor.page
    first = about(visitor, "arrival")
    expect(first).to_have_attribute("data-state", "complete")
    shown = first.get_by_test_id("arrival-span").evaluate_all(IN_VIEW)
    assert len(shown) >= LEAST, shown
    assert {"waiting for the document", "GET /", "first paint", "websocket handshake"} <= set(shown)
    places = first.locator(".trace-where").evaluate_all("(all) => all.map((place) => place.textContent)")
    assert any(place.startswith("portfolio_app/infra/db/") for place in places)
    ticks = first.locator(".trace-tick").evaluate_all(OFF_THE_LINE)
    assert len(ticks) >= 2
    assert max(ticks) < 1
    assert page.evaluate(SHIFTS) < 0.01

    other = visitor.second_tab("/chat")
    page.bring_to_front()
    visitor.at("hello-send").click()
    about(visitor, "message")
    stations = first.get_by_role("listitem").and_(page.locator(".trace-station"))
    for station in ("committed", "pushed", "painted here", "in your other tab"):
        reached = stations.filter(has_text=station)
        expect(reached).to_have_attribute("data-reached", "true", timeout=SOON_MS)
        expect(reached).to_be_in_viewport(ratio=1)
    expect(first).to_have_attribute("data-state", "complete")
    assert page.evaluate("scrollY") == 0
    other.page.close()

    # One id, in the same length, in all four views; pointing at one lights the others.
    request_id = page.locator("[data-panel=first]").get_attribute("data-request-id")
    assert request_id is not None
    message = visitor.at("chat-message").and_(page.locator(f'[data-request-id="{request_id}"]'))
    for row in (message, visitor.at("log-row").last, visitor.at("network-row").first):
        expect(row).to_have_attribute("data-request-id", request_id)
        expect(row).to_contain_text(request_id[:SHORT])
        assert request_id[: SHORT + 1] not in row.inner_text()
    message.hover()
    lit = page.evaluate("getComputedStyle(document.querySelector('[data-panel=first]')).outlineColor")
    expect(visitor.at("network-row").first).to_have_css("outline-color", lit)
    assert lit != "rgba(0, 0, 0, 0)"

    # A second tab in the page: there is none before it is opened, and then it is one of this session.
    assert not [frame.url for frame in page.frames if frame.url.endswith("/second-tab")]
    opener, said = visitor.at("second-tab"), text()
    expect(opener).to_have_text("Watch it arrive in your second tab, here")
    opener.click()
    framed = page.frame_locator("[data-testid=second-frame]")
    expect(framed.locator(".connection[data-state=live]")).to_have_count(1)
    visitor.post(said)
    expect(framed.get_by_text(said, exact=True)).to_have_count(1)
    reached = stations.filter(has_text="in your other tab")
    expect(reached).to_have_attribute("data-reached", "true", timeout=SOON_MS)


SLOW_4G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1.44e6 / 8,
    "uploadThroughput": 0.675e6 / 8,
}
"""As the developer tools of Chromium have it."""
SLOWER = 4
ARRIVED = f"""(least) => {{
  const rows = document.querySelectorAll("[data-testid=arrival][data-about=arrival] [data-testid=arrival-span]");
  if (({IN_VIEW})([...rows]).length < least) return null;
  return new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
}}"""
"""How long after the navigation began so many rows are in view, and painted."""
ASKED_EARLY = """() => performance.getEntriesByName("first-contentful-paint")[0].startTime
  > performance.getEntriesByType("resource").find(({ name }) => name.includes("/assets/entry.client")).startTime"""
"""Whether the scripts were asked for before the first paint."""
LAST_END = """(rows) =>
  Math.max(...rows.map(({ dataset }) => Number(dataset.startUs) + Number(dataset.durationUs)))"""
IN_US = {"µs": 1, "ms": 1_000, "s": 1_000_000}


@dataclass(frozen=True, slots=True)
class Device:
    """What a visitor comes with, and when the first screen has to show their arrival."""

    within_ms: int
    viewport: tuple[int, int]
    is_slow: bool = False

    def open(self, chromium: Browser, url: str) -> Page:
        """A tab on it, of a new visitor."""
        width, height = self.viewport
        page = chromium.new_context(
            base_url=url,
            viewport={"width": width, "height": height},
            is_mobile=self.is_slow,
            has_touch=self.is_slow,
        ).new_page()
        if self.is_slow:
            line = page.context.new_cdp_session(page)
            line.send("Network.enable")
            line.send("Network.emulateNetworkConditions", SLOW_4G)
            line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return page


DEVICES = {"desktop": Device(5_000, (1440, 900)), "slow phone": Device(9_000, (390, 844), is_slow=True)}


@pytest.mark.alone
@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_a_fresh_install_shows_the_arrival_soon_and_a_commit_after_one_click(
    chromium: Browser, tmp_path: Path, device: Device
) -> None:
    with running_site(tmp_path, SELF_CHECK="on") as fresh:
        page = device.open(chromium, fresh.url)
        page.goto("/", wait_until="commit")
        arrived = page.wait_for_function(ARRIVED, arg=LEAST, timeout=2 * device.within_ms).json_value()
        assert arrived <= device.within_ms
        assert page.evaluate(ASKED_EARLY) or not device.is_slow
        visitor, first = Visitor(page), page.get_by_test_id("arrival")
        last_end = first.get_by_test_id("arrival-span").evaluate_all(LAST_END)
        expect_sum(first.get_by_test_id("trace-path").text_content() or "", last_end)

        visitor.at("hello-send").click()
        about(visitor, "message")
        committed = first.locator(".trace-station").filter(has_text="committed")
        expect(committed).to_have_attribute("data-reached", "true", timeout=SOON_MS)
        expect(committed).to_be_in_viewport(ratio=1)
        assert page.evaluate("scrollY") == 0
        page.context.close()


def expect_sum(sentence: str, whole_us: int) -> None:
    """The parts of the critical path add up as they are written, to all that is shown."""
    found = re.findall(r"([0-9.]+) (µs|ms|s) (?:in them|in which none ran|are theirs)", sentence)
    total = re.search(r"(?:=|All of its) ([0-9.]+) (µs|ms|s)", sentence)
    assert total, sentence
    assert found, sentence
    assert sum(float(part) for part, _ in found) == pytest.approx(float(total[1]), abs=1e-9), sentence
    assert {unit for _, unit in found} == {total[2]}
    assert float(total[1]) * IN_US[total[2]] == pytest.approx(whole_us, rel=0.01)


@pytest.mark.sections("live", "attacks", "burst", "patterns")
def test_a_phone_has_it_in_nine_screens_and_opens_what_is_folded(
    new_context: Callable[..., BrowserContext],
) -> None:
    visitor = Visitor.arrive(new_context(viewport=PHONE, is_mobile=True, has_touch=True).new_page(), "/")
    visitor.expect_arrival()
    visitor.expect_quiet()
    assert visitor.page.evaluate("document.documentElement.scrollHeight") <= SCREENS * PHONE["height"]
    for head in (*visitor.page.locator(".fold-head").all(), visitor.at("second-tab")):
        expect(head).to_have_accessible_name(re.compile(r"^\w"))  # not the plus that is drawn before it
    expect_to_unfold(visitor.page)
    # An address inside of what is folded opens it, at once or on a page that is there.
    for path in ("/", "/#stream_command"):
        folded = new_context(viewport=PHONE).new_page()
        folded.goto(path)
        folded.evaluate("location.hash = 'stream_command'")
        expect(folded.locator("#stream_command")).to_be_in_viewport()
    visitor.page.set_viewport_size({"width": 1024, "height": 768})
    for head in visitor.page.locator(".fold-head").all():
        expect(head).to_be_hidden()
    expect(visitor.page.locator(".burst-settings")).to_be_visible()

    still = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    still.goto("/")
    expect_to_unfold(still)


def expect_to_unfold(page: Page) -> None:
    """What is folded is not shown until the line or the heading over it is pressed."""
    for hidden, pressed in {
        ".burst-settings": "Settings",
        ".attack-story": "What it does",
        ".pattern-body": "Why, and its code",
    }.items():
        expect(page.locator(hidden).first).to_be_hidden()
        page.locator(".fold-head").filter(has_text=pressed).first.click()
        expect(page.locator(hidden).first).to_be_visible()


def test_what_is_typed_into_the_line_is_kept_over_pages_and_reloads_until_it_is_sent(
    visit: Visit,
) -> None:
    visitor, words = visit("/"), text()
    page, line = visitor.page, visitor.at("hello-input")
    suggested = line.input_value()
    line.fill(words)
    page.get_by_role("navigation").get_by_role("link", name="Chat").click()
    expect(page.locator("h1")).to_have_text("Chat")
    expect(visitor.at("chat-input")).to_have_value("")
    page.go_back()
    expect(line).to_have_value(words, timeout=SOON_MS)
    page.reload()
    expect(line).to_have_value(words, timeout=SOON_MS)
    visitor.at("hello-send").click()
    visitor.expect_message(words)
    expect(line).to_have_value(suggested)
    page.reload()
    visitor.expect_message(words)
    expect(line).to_have_value(suggested)
    line.clear()
    line.press("ArrowUp")  # edits the last message from the composer, not from here
    expect(line).to_be_focused()
    expect(visitor.at("edit-input")).to_have_count(0)
