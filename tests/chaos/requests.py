"""What visitors meet around a deployment who load pages, send forms, and arrive anew."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx

from tests.chaos.people import BROKEN, OPEN_S, RETRY_S
from tests.site import Site
from tests.socket.visitor import Visitor

PAGES: Final = ("/", "/chat", "/chat/hall", "/sign-in", "/register", "/plain/lobby", "/feed.xml")
PAGE_EVERY_S, FORM_EVERY_S, ARRIVAL_EVERY_S = 0.2, 0.5, 1.0
LIVE_WITHIN_S: Final = 5.0
GIVES_UP_S: Final = 30
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


@asynccontextmanager
async def requests_around(site: Site, seen: Seen) -> AsyncIterator[None]:
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
