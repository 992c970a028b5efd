"""A sender of bursts that misbehaves on demand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.socket.visitor import Visitor
from tests.waiting import PATIENCE_S


@dataclass
class Sender:
    """A run of a visitor; `ticket` is the header that opens it."""

    visitor: Visitor
    run: str
    ticket: str
    mode: str
    size: int

    @property
    def headers(self) -> dict[str, str]:
        return {"x-burst-ticket": self.ticket}

    async def send(self, n: object, **more: Any) -> httpx.Response:
        """One request; `more` changes its headers, mode or method."""
        mode = more.pop("mode", self.mode)
        method = more.pop("method", "POST" if mode == "write" else "GET")
        headers = self.visitor.jar | self.headers | more
        return await self.visitor.http.request(method, f"/api/burst/{mode}?n={n}", headers=headers)

    async def report(self, answers: Iterable[list[Any]]) -> httpx.Response:
        return await self.post("answers", {"answers": list(answers)})

    async def finish(self, sent: int, cancelled: bool = False) -> httpx.Response:
        return await self.post("finish", {"sent": sent, "cancelled": cancelled})

    async def post(self, end: str, body: object = None, **more: Any) -> httpx.Response:
        """`more` may hold headers, or `content` instead of a body."""
        headers = self.visitor.jar | self.headers | more.pop("headers", {})
        path = f"/api/burst/runs/{self.run}/{end}"
        if body is not None:
            more["json"] = body
        return await self.visitor.http.post(path, headers=headers, **more)


def fields(n: int, answer: httpx.Response, *, pushed: int = 1) -> list[Any]:
    """What an honest sender reports of an answer."""
    return [n, answer.headers["x-request-id"], answer.status_code, n * 1_000, 2_000, pushed]


async def trace_arrived(visitor: Visitor, request_id: str) -> None:
    """Wait until the worker that answers now has the trace of a request."""
    async with asyncio.timeout(PATIENCE_S):
        while (await visitor.http.get(f"/api/traces/{request_id}", headers=visitor.jar)).status_code != 200:
            # Few: each question has a trace, too, and a session's oldest ones make room for it.
            await asyncio.sleep(0.5)


async def start(visitor: Visitor, size: Any = 10, workers: Any = 2, mode: Any = "noop") -> httpx.Response:
    body = {"size": size, "workers": workers, "mode": mode}
    return await visitor.http.post("/api/burst/runs", json=body, headers=visitor.jar)


def sender_of(visitor: Visitor, started: httpx.Response) -> Sender:
    """Who may send the requests of a run that the server just opened."""
    assert started.status_code == 201, started.text
    given = started.json()
    ticket = f"{given['run']}.{given['ticket']}"
    return Sender(visitor, given["run"], ticket, given["mode"], given["size"])


@contextlib.asynccontextmanager
async def burst(visitor: Visitor, size: int = 10, mode: str = "noop") -> AsyncIterator[Sender]:
    """A run under way, ended with the block: the server lets only a few go at once."""
    sender = sender_of(visitor, await start(visitor, size, mode=mode))
    try:
        yield sender
    finally:
        await sender.finish(size)
