"""A site that answers a sender as the real one does, joins the ledgers with the real code, and can misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from portfolio_app.app.burst.record import Circumstances, Machine, record_of
from portfolio_app.app.ports.runs import Run
from portfolio_app.domain.burst.ledger import Answer, Books
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.domain.burst.receipt import receipt
from portfolio_app.launcher.burst.site import Site

URL = "http://site.test"
RUN = "0123456789abcdef"
SPANS = [
    {"depth": 0, "name": "GET /api/burst", "layer": "http", "left": 0, "width": 100, "took": "1.20 ms"},
    {"depth": 1, "name": "ReadRow", "layer": "app", "left": 25, "width": 50, "took": "600 µs"},
]


def id_of(n: int) -> str:
    return f"{n:032x}"


def error(status: int, words: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"text": words}}, headers=headers)


class FakeSite:
    """Change an attribute to have it misbehave.

    `status_of` a request's number is its answer's status, 0 for none at all; `hiccups` are reports answered with
    503 before one is taken.
    """

    def __init__(self) -> None:
        self.expires_in_s = 300.0
        self.status_of: Callable[[int], int] = lambda n: 200
        self.took_s = 0.0
        self.unpushed: set[int] = set()
        self.hiccups = 0
        self.refused_start: httpx.Response | None = None
        self.refused_stream: httpx.Response | None = None
        self.breaks_stream_after: int | None = None
        self.loses_receipt = False
        self.on_request: Callable[[int], object] = lambda n: None
        self.asked: list[tuple[str, str]] = []
        self.resumed: list[str | None] = []
        self.received: dict[str, int] = {}
        self.answers: dict[int, Answer] = {}
        self.record: Any = None
        self.abandoned = False
        self._rows: list[str] = []
        self._news = asyncio.Condition()

    def site(self) -> Site:
        return Site(URL, transport=httpx.MockTransport(self))

    def count(self, path: str) -> int:
        return sum(asked.endswith(path) for _, asked in self.asked)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append((request.method, path))
        if path == "/api/burst/runs":
            return self.refused_start or self._start(json.loads(request.content))
        if path == "/api/stream":
            return self.refused_stream or self._stream(request.headers.get("last-event-id"))
        if path.startswith("/api/burst/runs/"):
            return self._report(path.rpartition("/")[2], json.loads(request.content))
        if path.startswith("/api/runs/"):
            return httpx.Response(200, json=self.record) if self.record else error(404, "No such run.")
        return await self._load(int(request.url.params["n"]))

    def _start(self, wanted: dict[str, Any]) -> httpx.Response:
        self.plan = Plan.parse(wanted["size"], wanted["workers"], wanted["mode"])
        started = {"run": RUN, "ticket": "t" * 43, "expires_in_s": self.expires_in_s}
        return httpx.Response(201, json=started)

    async def _load(self, n: int) -> httpx.Response:
        self.on_request(n)
        await asyncio.sleep(self.took_s)  # the work that an answer takes
        status = self.status_of(n)
        if status == 0:
            raise httpx.ConnectError("gone")
        self.received[id_of(n)] = n
        if n not in self.unpushed:
            async with self._news:
                self._rows.append(id_of(n))
                self._news.notify_all()
        return httpx.Response(status, headers={"x-request-id": id_of(n)}, json={"n": n})

    def _stream(self, last: str | None) -> httpx.Response:
        self.resumed.append(last)
        events = self._events(int(last or 0))
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=events)

    async def _events(self, after: int) -> AsyncIterator[bytes]:
        yield b": the live log of one session\n\n"
        while True:
            while len(self._rows) <= after:
                await self._wait()
            row = json.dumps({"request_id": self._rows[after]})
            after += 1
            yield f"id: {after}\ndata: {row}\n\n".encode()
            if after == self.breaks_stream_after:
                self.breaks_stream_after = None
                raise httpx.ReadError("broken")

    async def _wait(self) -> None:
        async with self._news:
            await self._news.wait()

    def _report(self, what: str, body: dict[str, Any]) -> httpx.Response:
        if what == "abandon":
            self.abandoned = True
            return httpx.Response(204)
        if self.hiccups > 0:
            self.hiccups -= 1
            return error(503, "A hiccup.")
        if self.record:
            return error(403, "The ticket is not good.")
        if what == "answers":
            for n, request_id, status, started, took, pushed, *more in body["answers"]:
                self.answers[n] = Answer(n, request_id, status, started, took, pushed == 1, *more)
            return httpx.Response(204)
        self.record = self.joined(body["sent"], body["cancelled"])
        if self.loses_receipt:
            raise httpx.ReadError("lost on the way")
        return httpx.Response(200, json=self.record)

    def joined(self, sent: int, cancelled: bool) -> Any:
        rows = {name: n for name, n in self.received.items() if 200 <= self.status_of(n) < 300}
        stored = rows if self.plan.mode == "write" else None
        books = Books(self.plan.size.value, sent, self.answers, self.received, stored)
        now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        run = Run(RUN, "session", "hash", self.plan, now, now)
        around = Circumstances(run, cancelled, "c0ffee1", Machine("A processor", 2, "3.13.1", 1))
        trace: Any = object()
        return record_of(
            receipt(books), around, lambda _: trace, lambda _: {"spans": SPANS, "took": "1.20 ms"}
        )
