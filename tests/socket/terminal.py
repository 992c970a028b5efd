"""`curl -N` of a session's feed, without curl."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.site import Site
from tests.waiting import PATIENCE_S, until

READ_WITHIN_S = 5
"""For one chunk, if the application is `tests.socket.impatient`."""


@dataclass
class Terminal:
    """What the server sent so far. `rows` are by number; `named` are the events that are no rows."""

    status: int
    headers: httpx.Headers
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    named: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, seen: Any) -> None:
        """Wait until `seen()` is true; TimeoutError otherwise."""
        await until(seen)

    def saw(self, target: str) -> list[str]:
        """The messages of one target, in their order."""
        return [row["message"] for row in self.rows.values() if row["target"] == target]

    async def read(self, answer: httpx.Response) -> None:
        """Parse until the stream ends."""
        fields: dict[str, str] = {}
        with contextlib.suppress(httpx.HTTPError):
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif fields:
                    self._take(fields)
                    fields = {}
        self.ended.set()

    def _take(self, fields: dict[str, str]) -> None:
        if "event" in fields:
            self.named.append((fields["event"], json.loads(fields["data"])))
        elif "data" in fields:
            row = json.loads(fields["data"])
            assert row["seq"] == int(fields["id"]), "the id is the row's number"
            assert row["seq"] not in self.rows, "a row came twice"
            self.rows[row["seq"]] = row


@contextlib.asynccontextmanager
async def follow(
    site: Site, headers: dict[str, str] | None = None, *, last: int | None = None
) -> AsyncIterator[Terminal]:
    """Open the stream and read it until the block ends."""
    resume = {} if last is None else {"last-event-id": str(last)}
    async with httpx.AsyncClient(timeout=httpx.Timeout(PATIENCE_S)) as client:
        address = f"{site.url}/api/stream"
        async with client.stream("GET", address, headers=(headers or {}) | resume) as answer:
            terminal = Terminal(answer.status_code, answer.headers)
            reading = asyncio.create_task(terminal.read(answer))
            try:
                yield terminal
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)


def posts(terminal: Terminal) -> int:
    """How many messages it saw stored."""
    return terminal.saw("demo.chat").count("PostMessage")
