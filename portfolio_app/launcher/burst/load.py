"""The requests themselves, timed one by one."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import httpx

from portfolio_app.domain.burst.ledger import Answer, Cause
from portfolio_app.domain.burst.plan import Mode, Plan
from portfolio_app.domain.burst.ramp import Ramp
from portfolio_app.launcher.burst.answers import Refusal
from portfolio_app.launcher.burst.site import RunTicket, Site

PATIENCE: Final = 64
"""Requests in a row without any answer after which the server counts as gone; the page's is the same."""
MARGIN_S: Final = 10
"""Seconds kept free at the end of a run's time: later requests are refused, and an answer takes some, too."""
LATEST_S: Final = 2
"""Seconds after which a due request is not sent any more, but counted; the page's limit is the same."""
_REFUSED_TICKET: Final = 403
_SERVER_TIME: Final = re.compile(r"^app;dur=([0-9]{1,9}(?:\.[0-9]{1,6})?)$")
"""The site's own share of an answer's time, in ms."""


class Stop(StrEnum):
    """Why a load ended before all of it was sent."""

    CANCELLED = "cancelled"
    TICKET = "the run's ticket has ended"
    SERVER = "the server stopped answering"
    TIME = "time is up"


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a load: `per_s` requests a second whatever becomes of those before, or, with 0, each when another is
    answered. With `stalls`, the site is asked to stand still for a moment, after a third of them. A `rising` one
    comes up to its rate in steps."""

    per_s: int = 0
    stalls: bool = False
    rising: bool = False


CLOSED: Final = Shape()


@dataclass(slots=True)
class Load:
    """A burst under way; `answered` is called after each request.

    `skipped` of an open loop were due for too long, and not sent. Requests that are under way when the load is stopped
    end as cancelled: that was their sender's doing. `now` is the clock.
    """

    site: Site
    run: RunTicket
    plan: Plan
    answered: Callable[[Answer], None]
    shape: Shape = CLOSED
    now: Callable[[], float] = time.perf_counter
    answers: list[Answer] = field(default_factory=list)
    stopped: Stop | None = None
    skipped: int = 0
    _silent: int = 0
    _started: float = 0.0

    async def send(self, stop: asyncio.Event) -> None:
        """Send everything, or until there is a reason to stop, of which `stop` is one."""
        self._started = self.now()
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
                if self.shape.stalls and n == self.plan.size.value // 3:
                    with suppress(Refusal):  # the receipt says whether it stood still
                        await self.site.stall(self.run)
                if (late := await self._due(n)) > LATEST_S:
                    self.skipped += 1
                else:
                    self._judge(await self._request(client, n, late), gone)

    async def _due(self, n: int) -> float:
        """Wait for the time at which a request is to be sent, and return how long ago that was; 0 in a closed loop."""
        if not self.shape.per_s:
            return 0.0
        size, per_s = self.plan.size.value, self.shape.per_s
        due = self._started + (Ramp(size, per_s).due_s(n) if self.shape.rising else n / per_s)
        if (left := due - self.now()) > 0:
            await asyncio.sleep(left)
        return max(self.now() - due, 0.0)

    async def _request(self, client: httpx.AsyncClient, n: int, late: float) -> int:
        method = "POST" if self.plan.mode is Mode.WRITE else "GET"
        path = f"/api/burst/{self.plan.mode}?n={n}"
        begun = self.now()
        seen = Answer(
            n, None, 0, _us(begun - self._started), 0, pushed=False, cause=Cause.CANCELLED, late_us=_us(late)
        )
        try:
            answer = await client.request(method, path, headers=self.run.headers)
            seen = _answered(seen, answer)
        except httpx.HTTPError as error:
            seen = replace(seen, cause=_cause_of(error))
        finally:
            self._note(replace(seen, duration_us=_us(self.now() - begun)))
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
    """The request as it was answered; each worker has a connection of its own, so that a request waits for none."""
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
