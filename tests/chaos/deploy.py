"""A deployment and its way back, version 1 to 2 to 1, of two hosts behind a real proxy, under visitors.

They read along, post, edit and delete on websockets, load pages and send forms, and arrive anew; one has a draft in a
browser, and sends from another tab while hosts are stopped.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from tests.chaos.author import Author
from tests.chaos.crowd import Crowd
from tests.chaos.history import Fault, History, Run
from tests.chaos.people import Watcher
from tests.chaos.requests import Seen, requests_around
from tests.chaos.run import Plan, Progress, read_all, stored_of
from tests.chaos.site import Lab, laboratory
from tests.chaos.version import TEXT, newer_version
from tests.servers import postgres_server, redis_server
from tests.site import ROOT, Site
from tests.waiting import until

ROOMS: Final = ("hall", "yard")
"""Of the history; forms and the browser post to the lobby."""
AUTHORS, WATCHERS = 12, 28
PAUSE_S: Final = 1.0
"""Between two requests of an author: ten posts a second of all, and some edits and deletions."""
CALM_S: Final = 8.0
"""Before, between and after the two deployments."""
MOVES_WITHIN_S: Final = 90
LIVE: Final = "[data-testid=connection][data-state=live]"
LIVE_WITHIN_MS: Final = 60_000


async def deploy(
    proxy: str, seed: int, folder: Path, versions: Path, history: History, progress: Progress
) -> Seen:
    """Start all of it, deploy, roll back, and end all of it; the history is for the checker."""
    newer = await asyncio.to_thread(newer_version, versions)
    seen = Seen()
    with postgres_server() as postgres, redis_server() as redis:
        async with laboratory(
            folder, postgres, redis, ["lobby", *ROOMS], workers=(1, 1), proxy=proxy, newer=newer
        ) as lab:
            crowd = _crowd(lab.address, history, random.Random(seed))
            history.add(Run(seed, list(ROOMS), [author.name for author in crowd.authors]))
            progress.say(f"{proxy} is at {lab.address.url}")
            async with (
                crowd.at_work(),
                requests_around(lab.address, seen),
                _browser(lab.address, seen) as browser,
            ):
                await until(lambda: all(each.connections for each in (*crowd.authors, *crowd.watchers)))
                await asyncio.sleep(CALM_S)  # the load as it is without a deployment
                for number, root in enumerate((newer, ROOT), start=1):
                    progress.say(
                        f"deployment {number}: {sum(each.acknowledged for each in crowd.authors)} acknowledged"
                    )
                    await _roll(lab, root, number, history, browser)
                    await asyncio.sleep(CALM_S)  # visitors without a deployment
                    crowd.check()
                    await browser.moved(newer=root is newer)
                crowd.post(now=False)
                await read_all(Plan(seed, busy=ROOMS, quiet=()), lab, crowd, history)
                browser.compare([row["body"] for row in stored_of(postgres.url, "lobby").rows])
                progress.say(f"{sum(each.acknowledged for each in crowd.authors)} acknowledged")
    return seen


async def _roll(lab: Lab, root: Path, number: int, history: History, browser: "Browser") -> None:
    """One host after the other, as docs/deploy.md says."""
    history.add(Fault(number, "deployment"))
    for host in lab.hosts:
        sending = asyncio.create_task(browser.send_during())
        await asyncio.to_thread(host.replace, root)
        await sending
    history.add(Fault(number, "deployment", ended=True))


def _crowd(site: Site, history: History, rng: random.Random) -> Crowd:
    rooms = [ROOMS[n % len(ROOMS)] for n in range(max(AUTHORS, WATCHERS))]
    authors = [
        Author(site, f"{rooms[n]}-{n}", rooms[n], history, random.Random(rng.random()), PAUSE_S)
        for n in range(AUTHORS)
    ]
    return Crowd(authors, [Watcher(site, f"w-{rooms[n]}-{n}", rooms[n], history) for n in range(WATCHERS)])


class Browser:
    """One visitor with two pages in Chromium: a draft in the one, and the other sends while hosts are stopped."""

    DRAFT: Final = "a draft that must not be lost"

    def __init__(self, writes: Any, sends: Any, seen: Seen) -> None:
        self._writes, self._sends, self._seen = writes, sends, seen
        self._sent: list[str] = []

    async def begin(self, url: str) -> None:
        """Open both, and type the draft."""
        for page in (self._writes, self._sends):
            await page.goto(f"{url}/chat", timeout=60_000)
            await self._live(page)
        await self._writes.fill("[data-testid=chat-input]", self.DRAFT)

    async def _live(self, page: Any) -> None:
        connection = page.locator("[data-testid=connection]")
        try:
            await page.wait_for_selector(LIVE, timeout=LIVE_WITHIN_MS, state="attached")
        except Exception:
            state = await connection.first.get_attribute("data-state")
            raise TimeoutError(f"{page.url} is {state}") from None

    async def send_during(self) -> None:
        """Type and send something a moment after a host was told to stop."""
        await asyncio.sleep(1.5)  # a moment into the stop, as people type whenever they do
        self._sent.append(f"sent from a browser, {len(self._sent) + 1}")
        await self._sends.fill("[data-testid=chat-input]", self._sent[-1])
        await self._sends.click("[data-testid=chat-send]")

    async def moved(self, *, newer: bool) -> None:
        """Wait until the page with the draft is the deployed version's, and look for the draft."""
        try:
            deadline = time.monotonic() + MOVES_WITHIN_S
            while (TEXT in await self._writes.content()) is not newer:
                if time.monotonic() > deadline:
                    raise TimeoutError(
                        f"the page did not move to the {'newer' if newer else 'former'} version"
                    )
                await asyncio.sleep(0.5)
            await self._live(self._writes)
            draft = await self._writes.input_value("[data-testid=chat-input]")
            if draft != self.DRAFT:
                self._seen.problems.append(f"the draft is {draft!r} after the move")
        except Exception as error:
            self._seen.problems.append(f"browser: {type(error).__name__} {error}"[:200])

    def compare(self, stored: list[str]) -> None:
        """Each message was stored, and once."""
        for body in self._sent:
            if (count := stored.count(body)) != 1:
                self._seen.problems.append(f"{body!r} is stored {count} times")


class NoBrowser(Browser):
    """Stands where there is none."""

    def __init__(self) -> None:
        """Nothing is opened."""

    async def send_during(self) -> None:
        """Nothing."""

    async def moved(self, *, newer: bool) -> None:
        """Nothing."""

    def compare(self, stored: list[str]) -> None:
        """Nothing."""


@asynccontextmanager
async def _browser(site: Site, seen: Seen) -> AsyncIterator[Browser]:
    if not (program := os.environ.get("CHROMIUM")):
        seen.problems.append("no browser: set CHROMIUM")
        yield NoBrowser()
        return
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        context = await chromium.new_context(ignore_https_errors=True)
        browser = Browser(await context.new_page(), await context.new_page(), seen)
        await browser.begin(site.url)
        yield browser
        await chromium.close()
