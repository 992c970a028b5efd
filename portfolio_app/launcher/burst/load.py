"""The requests themselves, timed one by one."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Mode, Plan
from portfolio_app.launcher.burst.site import Run, Site


@dataclass(slots=True)
class Load:
    """A burst under way; `told` is called after each request."""

    site: Site
    run: Run
    plan: Plan
    told: Callable[[Answer], None]
    answers: list[Answer] = field(default_factory=list)
    _started: float = 0.0

    async def send(self, stop: asyncio.Event) -> None:
        """Send everything, or until `stop` is set: requests under way then fail, and are reported so."""
        self._started = time.perf_counter()
        numbers = iter(range(self.plan.size.value))
        working = asyncio.create_task(self._work_all(numbers))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)

    async def _work_all(self, numbers: Iterator[int]) -> bool:
        await asyncio.gather(*(self._work(numbers) for _ in range(self.plan.workers.value)))
        return True

    async def _work(self, numbers: Iterator[int]) -> None:
        async with self.site.client() as client:
            for n in numbers:
                await self._request(client, n)

    async def _request(self, client: httpx.AsyncClient, n: int) -> None:
        method = "POST" if self.plan.mode is Mode.WRITE else "GET"
        path = f"/api/burst/{self.plan.mode}?n={n}"
        begun = time.perf_counter()
        status, request_id = 0, None
        try:
            answer = await client.request(method, path, headers=self.run.headers)
            status, request_id = answer.status_code, answer.headers.get("x-request-id")
        except httpx.HTTPError:
            pass  # status 0 says it
        finally:
            self._note(n, request_id, status, begun)

    def _note(self, n: int, request_id: str | None, status: int, begun: float) -> None:
        ended = time.perf_counter()
        answer = Answer(n, request_id, status, _us(begun - self._started), _us(ended - begun), pushed=False)
        self.answers.append(answer)
        self.told(answer)


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)
