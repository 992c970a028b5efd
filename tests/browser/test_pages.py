"""What holds for every page: quiet, still, accessible, never too wide, and in the theme that was chosen."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from portfolio_app.http.content.loader import content
from portfolio_app.http.demos import found
from tests.browser.conftest import MOVING
from tests.browser.scenes import EVERY_PAGE, NOWHERE, OPEN_PAGES, fill_a_room, link, text
from tests.browser.test_accessibility import violations
from tests.browser.visitor import SOON_MS, PasserBy, Visitor
from tests.browser.witness import Witness
from tests.site import Site

Visit = Callable[..., Visitor]
NewContext = Callable[..., BrowserContext]
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
LARGEST_SHIFT = 0.01
LARGEST_EMPTY = 120
LONG_WORD = "supercalifragilistic" * 10
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (Not Found)"
PAINTED = "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true))))"

THEMES_SEEN = """
window.themes = [];
const note = () => { if (document.body) themes.push(document.documentElement.className); };
new MutationObserver(note).observe(document, { subtree: true, childList: true, attributeFilter: ["class"] });
new PerformanceObserver(note).observe({ type: "paint", buffered: true });
"""
LONGEST_MOTION_S = """
Math.max(...[...document.querySelectorAll("*")].flatMap((element) => {
  const style = getComputedStyle(element);
  return `${style.transitionDuration},${style.animationDuration}`.split(",").map(parseFloat);
}))
"""
TOO_WIDE = """
[document.documentElement, ...document.querySelectorAll("main *")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .filter((element) => element === document.documentElement || getComputedStyle(element).overflowX === "visible")
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 || element.scrollWidth > innerWidth)
  .map((element) => element.outerHTML.slice(0, 120))
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A page as a guest finds it, opened once for all tests that look at it and leave it as it was or too narrow."""

    path: str
    visitor: Visitor
    witness: Witness


def opened(chromium: Browser, site: Site, path: str, viewport: ViewportSize) -> Iterator[Opened]:
    """Opens `path` as a new visitor and waits until it is painted."""
    context = chromium.new_context(base_url=site.url, viewport=viewport)
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), path)
    visitor.page.evaluate("document.fonts.ready.then(() => true)")
    visitor.page.evaluate(PAINTED)
    yield Opened(path, visitor, witness)
    context.close()


@contextmanager
def more_rooms(site: Site) -> Iterator[None]:
    """Rooms enough, with names long enough, that no phone shows all of them side by side."""
    rows = [(f"wide-{n}-{uuid4().hex[:8]}", f"{LONG_WORD[:36]} {n}") for n in range(4)]
    insert = "INSERT INTO rooms (slug, title, position, revision) VALUES (?, ?, 9, 0)"
    for statement, given in ((insert, rows), ("DELETE FROM rooms WHERE slug = ?", [row[:1] for row in rows])):
        with closing(sqlite3.connect(site.data_dir / "portfolio.db", timeout=30)) as database, database:
            database.executemany(statement, given)
        if statement == insert:
            yield


@pytest.fixture(scope="module")
def rooms(site: Site) -> Iterator[None]:
    """The rooms of `more_rooms`."""
    with more_rooms(site):
        yield


@pytest.fixture(scope="module", params=OPEN_PAGES)
def on_phone(chromium: Browser, site: Site, rooms: None, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """One article, if there are any: all of them are made in one way."""
    yield from opened(chromium, site, request.param, PHONE)


@pytest.fixture(scope="module", params=EVERY_PAGE)
def on_desktop(chromium: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """Every page, articles included, for what stands in them differs."""
    yield from opened(chromium, site, request.param, DESKTOP)


def test_a_page_asks_nobody_else_complains_of_nothing_and_stands_still(
    on_desktop: Opened, site: Site
) -> None:
    expect_peace(on_desktop, site)


def test_a_page_as_a_guest_finds_it_has_no_violation(on_desktop: Opened) -> None:
    on_desktop.visitor.page.emulate_media(reduced_motion="reduce")
    assert violations(on_desktop.visitor) == []


def test_a_page_on_a_phone_asks_nobody_else_complains_of_nothing_and_stands_still(
    on_phone: Opened, site: Site
) -> None:
    expect_peace(on_phone, site)


def test_no_page_scrolls_sideways_at_any_width_or_zoom(on_phone: Opened) -> None:
    path = on_phone.path
    if path.startswith("/chat") or (path == "/" and content().profile.shows("live")):
        on_phone.visitor.page.emulate_media(reduced_motion="reduce")
        fill_a_room(on_phone.visitor, (LONG_WORD, text(), text(), text(), link(), text()))
    expect_to_fit(on_phone.visitor.page)


def expect_peace(page: Opened, site: Site) -> None:
    """Asks nobody but the site, complains of nothing, stands still."""
    witness, saw = page.witness, page.witness.saw(page.visitor.page)
    assert witness.complaints == ([NOT_FOUND] if page.path == NOWHERE else [])
    assert witness.foreign(site.url) == []
    assert any(url.startswith("ws") for url in witness.requested)
    assert saw["blocked"] == []
    assert saw["shift"] <= LARGEST_SHIFT


@pytest.mark.sections("live")
def test_a_page_stands_still_for_a_guest_whose_log_has_rows_already(new_context: NewContext) -> None:
    context = new_context(**MOVING)
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), "/chat")
    panel = visitor.page.locator("[data-panel=log]")
    assert panel.evaluate("panel => panel.offsetHeight") <= LARGEST_EMPTY
    visitor.page.goto("/")
    visitor.expect_arrival()
    for size, path in ((DESKTOP, "/chat"), (PHONE, next((demo.page.route for demo in found()), "/chat"))):
        visitor.page.set_viewport_size(size)
        visitor.page.goto(path)
        expect(visitor.at("log-row")).not_to_have_count(0, timeout=SOON_MS)
        assert witness.saw(visitor.page)["shift"] <= LARGEST_SHIFT, path


@pytest.mark.sections("live")
def test_a_visit_that_does_everything_has_nothing_to_complain_of(new_context: NewContext, site: Site) -> None:
    context = new_context()
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), "/")
    refused = fill_a_room(visitor)
    visitor.message(refused).get_by_role("button", name="Discard").click()
    for label in ("Chat", "Register", "Sign in"):
        visitor.page.get_by_role("navigation").get_by_role("link", name=label).click()
        expect(visitor.page.locator("h1")).to_have_text(label)
    assert witness.complaints == []
    assert witness.foreign(site.url) == []
    assert witness.saw(visitor.page)["blocked"] == []


def test_the_moderators_page_does_not_scroll_sideways(passer_by: PasserBy, as_moderator: NewContext) -> None:
    held = f"{link()}/{LONG_WORD}"
    passer_by.post(held)
    moderator = Visitor.arrive(as_moderator(viewport=PHONE).new_page(), "/moderation")
    expect(moderator.at("moderation-row").filter(has_text=held)).to_be_visible()
    expect_to_fit(moderator.page)


def expect_to_fit(page: Page) -> None:
    """At every width, 720 px being a desktop at twice its size."""
    for width in (320, 360, 720, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 450})
        assert page.evaluate(TOO_WIDE) == [], f"at {width} px"


@pytest.mark.parametrize("hidden", [False, True], ids=["in view", "in the background"])
def test_scripts_are_asked_for_once_the_text_is_painted(new_context: NewContext, hidden: bool) -> None:
    page, asked = new_context().new_page(), []
    page.add_init_script(
        f"Object.defineProperty(document, 'hidden', {{ value: {str(hidden).lower()} }});"
        "window.requestAnimationFrame = () => 0;"
    )
    page.on("request", lambda request: asked.append(request.resource_type))
    page.goto("/")
    page.evaluate(
        "() => new Promise((done) => setTimeout(done, 0))"
    )  # what waits for no paint is done by then
    # Only a page that nobody looks at has no paint to wait for.
    assert ("script" in asked) is hidden


def test_a_script_that_is_not_ours_does_not_run(new_context: NewContext) -> None:
    context = new_context()
    witness = Witness(context)
    page = Visitor.arrive(context.new_page(), "/chat").page
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert witness.saw(page)["blocked"] == ["script-src-elem"]


def test_the_chosen_theme_is_there_before_the_first_paint_after_a_reload(visit: Visit) -> None:
    visitor = visit("/chat", color_scheme="light")
    page, html = visitor.page, visitor.page.locator("html")
    expect(html).to_have_class("light")
    switch = page.get_by_role("button", name="Theme:")
    expect(switch).to_have_accessible_name("Theme: system. Switch to dark.")
    switch.click()
    expect(switch).to_have_accessible_name("Theme: dark. Switch to system.")
    expect(html).to_have_class("dark")
    page.add_init_script(THEMES_SEEN)
    page.reload()
    visitor.expect_connection("live")
    assert set(page.evaluate("themes")) == {"dark"}
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_theme_follows_the_system_until_one_is_chosen(visit: Visit) -> None:
    visitor = visit("/chat", color_scheme="dark")
    expect(visitor.page.locator("html")).to_have_class("dark")
    visitor.page.emulate_media(color_scheme="light")
    expect(visitor.page.locator("html")).to_have_class("light")


@pytest.mark.sections("live")
def test_who_wants_no_motion_gets_none(visit: Visit) -> None:
    moving = visit("/", **MOVING)
    moving.post("hello with motion")
    moving.expect_message("hello with motion")
    assert moving.page.evaluate(LONGEST_MOTION_S) > 0.1
    moving.page.emulate_media(reduced_motion="reduce")
    assert moving.page.evaluate(LONGEST_MOTION_S) < 0.001


def test_the_link_of_the_open_page_says_so(visit: Visit) -> None:
    visitor = visit("/chat/lobby")
    current = visitor.page.get_by_role("navigation", name="Site").locator("[aria-current=page]")
    expect(current).to_have_text("Chat")
    visitor.page.get_by_role("navigation").get_by_role("link", name="Sign in").click()
    expect(current).to_have_text("Sign in")
