"""What the site pushes to this session while a burst runs."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx

from portfolio_app.launcher.burst.site import Site

_PATH: Final = "/api/stream"
_OPEN_WITHIN_S: Final = 10
_QUIET_S: Final = 3
"""Without anything new for this long, what is missing will not come."""
_AGAIN_S: Final = 0.2


@dataclass(slots=True)
class Feed:
    """The ids of all requests that the live log showed."""

    seen: set[str] = field(default_factory=set)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    _last: str | None = None

    async def follow(self, site: Site) -> None:
        """Read for ever, resuming after a break where it ended."""
        while True:
            resume = {"last-event-id": self._last} if self._last else {}
            async with site.client() as client:
                try:
                    async with client.stream("GET", _PATH, headers=resume, timeout=None) as answer:
                        await self._read(answer)
                except httpx.HTTPError:
                    pass
            await asyncio.sleep(_AGAIN_S)

    async def _read(self, answer: httpx.Response) -> None:
        async for line in answer.aiter_lines():
            self.opened.set()
            name, _, value = line.partition(": ")
            if name == "id":
                self._last = value
            elif name == "data":
                self.seen.add(json.loads(value).get("request_id", ""))

    async def caught_up(self, wanted: Collection[str]) -> None:
        """Wait until all of `wanted` was seen, or nothing new comes any more."""
        known = -1
        while not self.seen.issuperset(wanted) and known < len(self.seen):
            known = len(self.seen)
            await self._more(wanted, known)

    async def _more(self, wanted: Collection[str], known: int) -> None:
        for _ in range(round(_QUIET_S / _AGAIN_S)):
            if len(self.seen) > known or self.seen.issuperset(wanted):
                return
            await asyncio.sleep(_AGAIN_S)


@asynccontextmanager
async def following(site: Site) -> AsyncIterator[Feed]:
    """A feed that is open; one that does not open in time is left closed, and the receipt will say so."""
    feed = Feed()
    task = asyncio.create_task(feed.follow(site), name="feed")
    opened = asyncio.create_task(feed.opened.wait())
    try:
        await asyncio.wait([opened], timeout=_OPEN_WITHIN_S)
        yield feed
    finally:
        for ending in (task, opened):
            ending.cancel()
        await asyncio.gather(task, opened, return_exceptions=True)
