"""The live feed of this session while a burst runs, read from the stream for terminals."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx

from portfolio_app.launcher.burst.answers import reason_of, words_of
from portfolio_app.launcher.burst.site import Site
from portfolio_app.launcher.errors import LaunchError, inert

_PATH: Final = "/api/stream"
_TYPE: Final = "text/event-stream"
OPEN_WITHIN_S: Final = 10
QUIET_S: Final = 3
"""Seconds without a new row after which the missing ones will not come."""
AGAIN_S: Final = 0.2
_REFUSED_S: Final = 1
_PATIENCE: Final = httpx.Timeout(40, connect=5)
"""A quiet stream has a comment every 15 s: one without is a dead connection."""


@dataclass(slots=True)
class Feed:
    """The ids of all requests that the live log showed; `trouble` is what last went wrong with the stream."""

    seen: set[str] = field(default_factory=set)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: str = ""
    _last: str | None = None

    async def follow(self, site: Site) -> None:
        """Read for ever, resuming after a break where it ended; return if the site never opens the stream."""
        while True:
            was_stream = await self._connect(site)
            if not (was_stream or self.opened.is_set()):
                return
            await asyncio.sleep(AGAIN_S if was_stream else _REFUSED_S)

    async def _connect(self, site: Site) -> bool:
        """Read until the stream ends. False if there was another answer than a stream."""
        resume = {"last-event-id": self._last} if self._last else {}
        try:
            async with (
                site.client() as client,
                client.stream("GET", _PATH, headers=resume, timeout=_PATIENCE) as answer,
            ):
                if answer.status_code != httpx.codes.OK or _TYPE not in answer.headers.get(
                    "content-type", ""
                ):
                    await answer.aread()
                    self.trouble = reason_of(answer)
                    return False
                await self._read(answer)
        except httpx.HTTPError as error:
            self.trouble = f"it broke off, {words_of(error)}"
        return True

    async def _read(self, answer: httpx.Response) -> None:
        event = ""
        async for line in answer.aiter_lines():
            self.opened.set()
            name, _, value = line.partition(": ")
            if name == "id":
                self._last = value
            elif name == "event":
                event = value
            elif name == "data":
                self._take(event, json.loads(value))
                event = ""

    def _take(self, event: str, fields: dict[str, str]) -> None:
        if event == "end":
            self.trouble = f"it ended, {inert(fields.get('reason', 'without a reason'))}"
        elif event == "gap":
            self.trouble = "it broke off, and rows of the time between are gone"
        else:
            self.seen.add(fields.get("request_id", ""))

    async def caught_up(self, wanted: Collection[str]) -> None:
        """Wait until all of `wanted` was seen, or nothing new comes any more."""
        known = -1
        while not self.seen.issuperset(wanted) and known < len(self.seen):
            known = len(self.seen)
            await self._more(wanted, known)

    async def _more(self, wanted: Collection[str], known: int) -> None:
        for _ in range(round(QUIET_S / AGAIN_S)):
            if len(self.seen) > known or self.seen.issuperset(wanted):
                return
            await asyncio.sleep(AGAIN_S)


@asynccontextmanager
async def following(site: Site) -> AsyncIterator[Feed]:
    """A feed that is open; `LaunchError` if it does not open: no receipt could balance without it."""
    feed = Feed()
    task = asyncio.create_task(feed.follow(site), name="feed")
    opened = asyncio.create_task(feed.opened.wait())
    try:
        await asyncio.wait((task, opened), timeout=OPEN_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        if not feed.opened.is_set():
            raise LaunchError(
                f"nothing was sent, because the live feed does not open: {feed.trouble or 'no answer'}"
            )
        yield feed
    finally:
        for ending in (task, opened):
            ending.cancel()
        await asyncio.gather(task, opened, return_exceptions=True)
