"""A deployment and its way back, version 1 to 2 to 1, of two hosts behind a real proxy, under visitors.

They read along, post, edit and delete on websockets, load pages and send forms, and arrive anew; one has a draft in a
browser, and sends from another tab while hosts are stopped.
"""

import asyncio
import os
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from tests.chaos.history import Fault, History, Run
from tests.chaos.people import BROKEN, OPEN_S, RETRY_S, Author, Crowd, Watcher
from tests.chaos.run import Plan, Progress, read_all, stored_of
from tests.chaos.site import Lab, laboratory
from tests.chaos.version import TEXT, newer_version
from tests.servers import postgres_server, redis_server
from tests.site import ROOT, Site
from tests.socket.visitor import Visitor
from tests.waiting import until

ROOMS: Final = ("hall", "yard")
"""Of the history; forms and the browser post to the lobby."""
AUTHORS, WATCHERS = 12, 28
PAUSE_S: Final = 1.0
"""Between two requests of an author: ten posts a second of all, and some edits and deletions."""
PAGES: Final = ("/", "/chat", "/chat/hall", "/sign-in", "/register", "/plain/lobby", "/feed.xml")
PAGE_EVERY_S, FORM_EVERY_S, ARRIVAL_EVERY_S = 0.2, 0.5, 1.0
LIVE_WITHIN_S: Final = 5.0
GIVES_UP_S: Final = 30
CALM_S: Final = 8.0
"""Before, between and after the two deployments."""
MOVES_WITHIN_S: Final = 90
LIVE: Final = "[data-testid=connection][data-state=live]"
LIVE_WITHIN_MS: Final = 60_000
_FILE: Final = re.compile(r"/assets/[\w./-]+\.(?:js|css)")


@dataclass
class Seen:
    """What visitors met: how often which status, and how long it took a fresh page to be live."""

    pages: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    live_after_s: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        took = sorted(self.live_after_s)
        live = (
            f"{len(took)} fresh pages live, after {took[len(took) // 2]:.1f} s, at most {took[-1]:.1f} s"
            if took
            else ""
        )
        return [
            *(
                f"{name} {dict(sorted(counts.items()))}"
                for name, counts in (("pages", self.pages), ("forms", self.forms), ("files", self.files))
            ),
            live or "no fresh page was live",
            *(f"WRONG: {problem}" for problem in self.problems),
        ]


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
            async with crowd.at_work(), _around(lab.address, seen), _browser(lab.address, seen) as browser:
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


@asynccontextmanager
async def _around(site: Site, seen: Seen) -> AsyncIterator[None]:
    """Everybody who loads pages, sends forms and arrives, until the block ends."""
    async with httpx.AsyncClient(base_url=site.url, timeout=30) as client:
        tasks = [
            asyncio.create_task(_again(every, partial_, seen))
            for every, partial_ in (
                (PAGE_EVERY_S, _page(client, seen)),
                (FORM_EVERY_S, _form(client, seen)),
                (ARRIVAL_EVERY_S, _arrival(site, client, seen)),
            )
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _again(every_s: float, do: Callable[[], Awaitable[None]], seen: Seen) -> None:
    while True:
        try:
            await do()
        except Exception as error:
            seen.problems.append(
                f"{do.__qualname__.split('.')[0].strip('_')}: {type(error).__name__} {error}"[:200]
            )
        await asyncio.sleep(every_s)


def _page(client: httpx.AsyncClient, seen: Seen) -> Callable[[], Awaitable[None]]:
    async def load() -> None:
        path = random.choice(PAGES)
        _count(seen.pages, await client.get(path), seen)

    return load


def _form(client: httpx.AsyncClient, seen: Seen) -> Callable[[], Awaitable[None]]:
    numbers = iter(range(1, 1_000_000))

    async def send() -> None:
        fields = {"body": f"by a form {next(numbers)}", "at": "/chat"}
        _count(
            seen.forms,
            await client.post(
                "/unsent/message", data=fields, headers={"origin": str(client.base_url).rstrip("/")}
            ),
            seen,
        )

    return send


def _count(counts: Counter[str], answer: httpx.Response, seen: Seen) -> None:
    counts[str(answer.status_code)] += 1
    if answer.status_code >= 500 or answer.status_code == 404:
        seen.problems.append(f"{answer.request.method} {answer.request.url.path}: {answer.status_code}")


def _arrival(site: Site, client: httpx.AsyncClient, seen: Seen) -> Callable[[], Awaitable[None]]:
    known: dict[str, str] = {}

    async def file(name: str) -> None:
        if name not in known:
            answer = await client.get(name)
            _count(seen.files, answer, seen)
            known[name] = answer.text

    async def arrive() -> None:
        """A page with all that it names, then its connection, until the room is shown."""
        began = time.monotonic()
        page = await client.get("/chat")
        _count(seen.pages, page, seen)
        for name in dict.fromkeys(_FILE.findall(page.text)):
            await file(name)
        loaded = time.monotonic() - began
        await _connected(site, until=began + GIVES_UP_S)
        took = time.monotonic() - began
        seen.live_after_s.append(took)
        if took > LIVE_WITHIN_S:
            seen.problems.append(f"a fresh page was live after {took:.1f} s, loaded after {loaded:.1f} s")

    return arrive


async def _connected(site: Site, until: float) -> None:
    """Connect as a page does, which tries again, until the room is shown."""
    visitor = Visitor(site)
    try:
        while True:
            try:
                async with visitor.tab() as tab, asyncio.timeout(OPEN_S):
                    await tab.boot("/chat")
                    await tab.until(lambda: tab.value("chat_state", "window"))
                return
            except BROKEN:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(RETRY_S)
    finally:
        await visitor.http.aclose()


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
