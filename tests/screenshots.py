"""Makes the pictures in docs/screenshots/: `make screenshots`."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS
from tests.browser.scenes import NOWHERE, WRITTEN_PAGES, fill_a_room, refuse_a_registration, refuse_a_sign_in
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import ROOT, Site, running_site

TARGET = ROOT / "docs/screenshots"
THEMES = ("dark", "light")
SIZES = ((360, 740), (768, 1024), (1440, 900))
COLOURS = 255
BURST_MS = 60_000
STAFF = "grace"
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
"""One post too many in ten seconds: the last one is refused."""


def main() -> None:
    """Take every page in every theme and width; the texts are always the same."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=CHROMIUM_FLAGS)
        for theme in THEMES:
            with tempfile.TemporaryDirectory() as data, running_site(Path(data)) as site:
                Studio(browser, site, theme).take_all()
        browser.close()


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
        with self._visitor(WRITTEN_PAGES[1]) as reading:
            self._take(reading, "work")
        with self._visitor("/proof") as doubting:
            self._take(doubting, "proof")
        with self._visitor(NOWHERE) as lost:
            self._take(lost, "not-found")

    def _home(self) -> None:
        with self._visitor("/") as visitor:
            for body in FROM_A_DESK:
                visitor.post(body)
                visitor.expect_message(body, "pending" if "https:" in body else "visible")
            visitor.at("burst-run").click()
            expect(visitor.at("burst-receipt")).to_be_visible(timeout=BURST_MS)
            self._take(visitor, "home")
            self._take_first_screen(visitor)
            visitor.page.goto(
                visitor.page.get_by_role("link", name="Open this run's page").get_attribute("href")
            )
            expect(visitor.at("burst-receipt")).to_be_visible(timeout=SOON_MS)
            self._take(visitor, "run")

    def _chat(self) -> None:
        with self._visitor("/chat") as visitor:
            fill_a_room(visitor, FROM_A_TRAIN)
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

    def _take(self, visitor: Visitor, name: str) -> None:
        page = visitor.page
        page.locator("h1").hover()
        page.wait_for_function("document.fonts.status === 'loaded'")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            save(
                page.screenshot(full_page=True, animations="disabled"),
                TARGET / f"{name}-{self._theme}-{width}.png",
            )

    def _take_first_screen(self, visitor: Visitor) -> None:
        width, height = SIZES[-1]
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.page.evaluate("scrollTo(0, 0)")
        save(visitor.page.screenshot(animations="disabled"), TARGET / f"first-screen-{self._theme}.png")

    @contextmanager
    def _visitor(self, path: str) -> Iterator[Visitor]:
        context = self._browser.new_context(
            base_url=self._site.url, color_scheme=self._theme, reduced_motion="reduce"
        )
        yield Visitor.arrive(context.new_page(), path)
        context.close()


def save(picture: bytes, target: Path) -> None:
    """As a small file: a page of flat colours needs no more than a palette, if rare hues get into it."""
    colours = Image.open(BytesIO(picture)).convert("RGB")
    colours.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        target, optimize=True
    )


if __name__ == "__main__":
    main()
