"""One site in one theme, and who visits it: takes each page as it is while they are there."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portfolio_app.http.content.loader import content
from tests.browser.scenes import ARTICLES, NOWHERE, refuse_a_registration, refuse_a_sign_in
from tests.browser.test_degraded import LONGER_THAN_ITS_PATIENCE_MS
from tests.browser.visitor import SOON_MS, Visitor
from tests.screenshots.degraded import DEGRADED, HINDRANCES, Way, nothing
from tests.site import ROOT, Site

TARGET = ROOT / "docs/screenshots"
SIZES = ((360, 740), (768, 1024), (1440, 900))
FIRST_SCREENS = ((390, 844), (1440, 900))
COLOURS = 255
STAFF = "grace"
UNATTENDED = {
    "work": "/work",
    "writing": "/writing",
    "resume": "/resume",
    "proof": "/proof",
    "error": "/error",
}
"""Pages that look the same whoever comes."""
EARLIER = (
    "Does a reload keep this?",
    "It does: the row is committed before you see it confirmed.",
)
FROM_A_DESK = (
    "Opened a second tab, it was there at once.",
    "And the log beside it is my own request,\nstep by step: use case, SQL, commit, push.",
    "The notes are at https://example.org/notes",
)
FROM_A_TRAIN = (
    "Sent from the train, tunnel included.",
    "Back online, nothing missing.",
    "Pressed the button twice, stored once.",
    "The timetable: https://example.org/trains",
    "Works with a thumb.",
    "One more, quickly.",
)
"""One post too many in ten seconds: the last one waits its turn."""

BURST = content().profile.shows("burst")
IN_A_TUNNEL = "Written in a tunnel: it leaves when there is a signal again."


class Studio:
    """One site, one theme."""

    def __init__(self, browser: Browser, site: Site, theme: str) -> None:
        self._browser = browser
        self._site = site
        self._theme = theme

    def take_all(self) -> None:
        """In this order: what one visitor leaves behind is what the next one sees."""
        with self._visitor("/chat") as asking:
            asking.post(EARLIER[0])
            asking.expect_message(EARLIER[0])
        with self._visitor("/register") as staff:
            staff.register(STAFF)
            self._site.run("promote", STAFF)
            staff.post(EARLIER[1])
            staff.expect_message(EARLIER[1])
            self._home()
            self._chat()
            self._forms()
            self._moderation(staff)
            self._account(staff)
        self._cut_off()
        self._first_screens()
        for name, path in (UNATTENDED | articles() | {"not-found": NOWHERE}).items():
            with self._visitor(path) as reading:
                self._take(reading, name)

    def _home(self) -> None:
        with self._visitor("/") as visitor:
            for body in FROM_A_DESK:
                visitor.post(body)
                visitor.expect_message(body, "pending" if "https:" in body else "visible")
            run = self._burst(visitor) if BURST else ""
            self._take(visitor, "home")
            if run:
                self._runs(visitor, run)

    def _burst(self, visitor: Visitor) -> str:
        from tests.browser.burst import expect_receipt, recorded

        visitor.at("burst-run").click()
        expect_receipt(visitor)
        return recorded(visitor)

    def _runs(self, visitor: Visitor, run: str) -> None:
        from tests.browser.burst import LONG_MS, recorded, start

        start(visitor, 500, 8, "write")
        expect(visitor.at("burst-receipt")).not_to_have_attribute("data-run", run, timeout=LONG_MS)
        other = recorded(visitor)
        for name, query in (("run", ""), ("compare", f"?with={other}")):
            visitor.page.goto(f"/runs/{run}{query}")
            expect(visitor.at("burst-receipt")).to_be_visible(timeout=SOON_MS)
            expect(visitor.at("comparison")).to_have_count(1 if query else 0, timeout=SOON_MS)
            self._take(visitor, name)

    def _chat(self) -> None:
        with self._visitor("/chat") as visitor:
            for body in FROM_A_TRAIN:
                visitor.post(body)
            expect(visitor.message(FROM_A_TRAIN[-1])).to_contain_text("in its turn")
            self._take(visitor, "chat")

    def _forms(self) -> None:
        with self._visitor("/sign-in") as visitor:
            refuse_a_sign_in(visitor)
            self._take(visitor, "sign-in")
        with self._visitor("/register") as visitor:
            refuse_a_registration(visitor)
            self._take(visitor, "register")

    def _moderation(self, staff: Visitor) -> None:
        with self._visitor("/chat") as visitor:
            visitor.post("WHY IS NOBODY ANSWERING ME")
        staff.page.goto("/moderation")
        rows = staff.at("moderation-row")
        expect(rows).to_have_count(3, timeout=SOON_MS)
        rows.filter(has_text="notes").get_by_test_id("moderation-approve").click()
        expect(rows).to_have_count(2, timeout=SOON_MS)
        expect(staff.at("audit-row").filter(has_text="approved")).to_be_visible(timeout=SOON_MS)
        self._take(staff, "moderation")

    def _account(self, staff: Visitor) -> None:
        with self._visitor("/sign-in") as elsewhere:
            elsewhere.sign_in(STAFF)
            expect(elsewhere.at("current-user")).to_have_text(STAFF, timeout=SOON_MS)
            staff.page.goto("/account")
            expect(staff.at("session-row")).to_have_count(2, timeout=SOON_MS)
            self._take(staff, "account")

    def _cut_off(self) -> None:
        with self._visitor("/chat") as visitor:
            self._lose(visitor)
            visitor.post(IN_A_TUNNEL)
            expect(visitor.message(IN_A_TUNNEL)).to_be_visible()
            self._take(visitor, "chat-offline")
        if not BURST:
            return
        with self._visitor("/") as visitor:
            self._lose(visitor)
            visitor.at("burst-run").click()
            expect(visitor.at("burst-error")).not_to_be_empty(timeout=SOON_MS)
            self._take(visitor, "burst-offline", part="[data-panel=burst]")

    @staticmethod
    def _lose(visitor: Visitor) -> None:
        visitor.page.context.set_offline(True)
        visitor.expect_connection("offline")

    def _take(self, visitor: Visitor, name: str, *, part: str = "") -> None:
        """The whole page, or one part of it."""
        page = visitor.page
        page.locator("h1").hover()
        page.wait_for_function("document.fonts.status === 'loaded'")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            picture = (
                page.locator(part).screenshot(animations="disabled")
                if part
                else page.screenshot(full_page=True, animations="disabled")
            )
            save(picture, TARGET / f"{name}-{self._theme}-{width}.png")

    def _first_screens(self) -> None:
        """Of the front page, as a visitor finds it, and as one does to whom something is missing."""
        for width, height in FIRST_SCREENS:
            size: dict[str, Any] = {"viewport": {"width": width, "height": height}}
            with self._context(**size) as context:
                visitor = Visitor.arrive(context.new_page(), "/")
                visitor.expect_arrival()
                self._save(visitor.page, "first-screen", width)
            for name, way in DEGRADED.items():
                with self._context(**size | way.options) as context:
                    self._save(self._arrive(context.new_page(), name, way), name, width)

    def _arrive(self, page: Page, name: str, way: Way) -> Page:
        HINDRANCES.get(name, nothing)(page)
        visitor, waits = Visitor(page), bool(way.reason) and not way.is_live
        if waits:
            page.clock.install()
        page.goto(self._site.url.replace("localhost", way.elsewhere))
        if way.is_live:
            visitor.expect_arrival()
        elif waits:
            page.wait_for_function("() => window.__reflex !== undefined")
            page.clock.fast_forward(LONGER_THAN_ITS_PATIENCE_MS)
        if way.reason:
            expect(visitor.at("blocked")).to_have_attribute("data-reason", way.reason, timeout=SOON_MS)
        return page

    def _save(self, page: Page, name: str, width: int) -> None:
        page.evaluate("document.fonts.ready.then(() => true)")
        save(page.screenshot(animations="disabled"), TARGET / f"{name}-{self._theme}-{width}.png")

    @contextmanager
    def _context(self, **options: Any) -> Iterator[BrowserContext]:
        context = self._browser.new_context(
            base_url=self._site.url, color_scheme=self._theme, reduced_motion="reduce", **options
        )
        yield context
        context.close()

    @contextmanager
    def _visitor(self, path: str) -> Iterator[Visitor]:
        with self._context() as context:
            yield Visitor.arrive(context.new_page(), path)


def articles() -> dict[str, str]:
    """The first case study and the first article, if there are any."""
    first = {"case-study": "/work/", "article": "/writing/"}
    found = {name: [path for path in ARTICLES if path.startswith(folder)] for name, folder in first.items()}
    return {name: paths[0] for name, paths in found.items() if paths}


def save(picture: bytes, target: Path) -> None:
    """As a small file: a page of flat colours needs no more than a palette, if rare hues get into it."""
    colours = Image.open(BytesIO(picture)).convert("RGB")
    colours.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        target, optimize=True
    )
