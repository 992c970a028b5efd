"""The requests themselves, timed one by one."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import httpx

from portfolio_app.domain.burst.ledger import Answer, Cause
from portfolio_app.domain.burst.plan import Mode, Plan
from portfolio_app.launcher.burst.site import RunTicket, Site

PATIENCE: Final = 64
"""Requests in a row without any answer after which the server counts as gone; the page's is the same."""
MARGIN_S: Final = 10
"""Left of the time in which a run's requests are taken: later ones are refused, and an answer takes some, too."""
_REFUSED_TICKET: Final = 403
_SERVER_TIME: Final = re.compile(r"^app;dur=([0-9]{1,9}(?:\.[0-9]{1,6})?)$")
"""What the site says its own work took, in ms."""


class Stop(StrEnum):
    """Why a load ended before all of it was sent."""

    CANCELLED = "cancelled"
    TICKET = "the run's ticket has ended"
    SERVER = "the server stopped answering"
    TIME = "time is up"


@dataclass(slots=True)
class Load:
    """A burst under way; `answered` is called after each request.

    Requests that are under way when the load is stopped end as cancelled: that was their sender's doing.
    """

    site: Site
    run: RunTicket
    plan: Plan
    answered: Callable[[Answer], None]
    answers: list[Answer] = field(default_factory=list)
    stopped: Stop | None = None
    _silent: int = 0
    _started: float = 0.0

    async def send(self, stop: asyncio.Event) -> None:
        """Send everything, or until there is a reason to stop, of which `stop` is one."""
        self._started = time.perf_counter()
        gone = asyncio.Event()
        working = asyncio.create_task(self._work_all(gone), name="load")
        stopping = [asyncio.create_task(event.wait()) for event in (stop, gone)]
        left_s = max(self.run.left_s() - MARGIN_S, 0)
        try:
            tasks = (working, *stopping)
            await asyncio.wait(tasks, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                self.stopped = self.stopped or (Stop.CANCELLED if stop.is_set() else Stop.TIME)
        finally:
            for task in (working, *stopping):
                task.cancel()
            await asyncio.gather(working, *stopping, return_exceptions=True)
        if not working.cancelled():
            working.result()  # an error that is no request's own must not pass for a short run

    async def _work_all(self, gone: asyncio.Event) -> None:
        numbers = iter(range(self.plan.size.value))
        async with asyncio.TaskGroup() as workers:
            for _ in range(self.plan.workers.value):
                workers.create_task(self._work(numbers, gone))

    async def _work(self, numbers: Iterator[int], gone: asyncio.Event) -> None:
        async with self.site.client() as client:
            while self.stopped is None and (n := next(numbers, None)) is not None:
                self._judge(await self._request(client, n), gone)

    async def _request(self, client: httpx.AsyncClient, n: int) -> int:
        method = "POST" if self.plan.mode is Mode.WRITE else "GET"
        path = f"/api/burst/{self.plan.mode}?n={n}"
        begun = time.perf_counter()
        seen = Answer(n, None, 0, _us(begun - self._started), 0, pushed=False, cause=Cause.CANCELLED)
        try:
            answer = await client.request(method, path, headers=self.run.headers)
            seen = _answered(seen, answer)
        except httpx.HTTPError as error:
            seen = replace(seen, cause=_cause_of(error))
        finally:
            self._note(replace(seen, duration_us=_us(time.perf_counter() - begun)))
        return seen.status

    def _judge(self, status: int, gone: asyncio.Event) -> None:
        self._silent = 0 if status else self._silent + 1
        if self._silent >= PATIENCE:
            self.stopped = Stop.SERVER
            gone.set()
        elif status == _REFUSED_TICKET:
            self.stopped = Stop.TICKET

    def _note(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.answered(answer)


def _answered(seen: Answer, answer: httpx.Response) -> Answer:
    """What came back; each worker has a connection of its own, so that a request waits for none."""
    timing = _SERVER_TIME.search(answer.headers.get("server-timing", ""))
    return replace(
        seen,
        request_id=answer.headers.get("x-request-id"),
        status=answer.status_code,
        cause=Cause.NONE,
        length=len(answer.content),
        queued_us=0,
        server_us=_us(float(timing[1]) / 1_000) if timing else None,
    )


def _cause_of(error: httpx.HTTPError) -> Cause:
    if isinstance(error, httpx.TimeoutException):
        return Cause.TIMEOUT
    return Cause.CUT_SHORT if isinstance(error, httpx.RemoteProtocolError) else Cause.NETWORK


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)
