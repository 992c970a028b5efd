"""A burst whose requests meet two processes ends with one receipt."""

import asyncio

import httpx
import pytest

from tests.faults.workers import browser_on, worker_pids
from tests.site import Site
from tests.socket.burst import burst, fields, sender_of, start, trace_arrived
from tests.socket.terminal import follow
from tests.socket.visitor import Visitor
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.server
SIZE = 60


@pytest.mark.parametrize("mode", ["noop", "write"])
async def test_ledgers_of_two_workers_balance(two_workers: Site, mode: str) -> None:
    near, far = worker_pids(two_workers)
    async with Visitor(two_workers) as visitor, follow(two_workers, visitor.jar) as terminal:
        answers: list[httpx.Response] = []
        async with burst(visitor, size=SIZE, mode=mode) as sender:
            for pid, numbers in ((near, range(SIZE // 2)), (far, range(SIZE // 2, SIZE))):
                async with browser_on(two_workers, pid, visitor):
                    answers += [await sender.send(n) for n in numbers]
            assert {answer.status_code for answer in answers} == {200}
            ids = {answer.headers["x-request-id"] for answer in answers}
            await terminal.until(lambda: ids <= {row["request_id"] for row in terminal.rows.values()})
            reports = list(map(fields, range(SIZE), answers))
            async with browser_on(two_workers, near, visitor):
                assert (await sender.report(reports[:20])).status_code == 204
            async with browser_on(two_workers, far, visitor):
                assert (await sender.report(reports[20:])).status_code == 204
                # Traces travel apart from what is counted: the receipt shows those that have arrived.
                await trace_arrived(visitor, answers[SIZE // 2 - 1].headers["x-request-id"])
                receipt = (await sender.finish(SIZE)).json()

            assert receipt["balanced"], receipt["mismatches"]
            assert receipt["ledgers"]["received"] == SIZE
            assert receipt["machine"]["server_workers"] == 2
            assert any(slow["trace"] for slow in receipt["slowest"])
            await _is_over_on_both(two_workers, visitor, sender.headers, mode)


async def test_of_200_starts_at_two_workers_one_runs_and_the_others_are_told_which(two_workers: Site) -> None:
    async with Visitor(two_workers) as visitor:
        answers = await asyncio.gather(*(start(visitor) for _ in range(200)))
        [started] = [answer.json() for answer in answers if answer.status_code == 201]
        refused = [answer.json()["run"] for answer in answers if answer.status_code == 429]
        assert refused == [started["run"]] * 199


@pytest.mark.parametrize("end", ["abandon", "finish"])
async def test_a_run_ended_at_one_worker_is_at_once_in_nobodys_way_at_the_other(
    two_workers: Site, end: str
) -> None:
    near, far = worker_pids(two_workers)
    async with Visitor(two_workers) as visitor:
        for _ in range(3):
            async with browser_on(two_workers, near, visitor):
                first = visitor.http
                async with browser_on(two_workers, far, visitor):
                    second, visitor.http = visitor.http, first
                    sender = sender_of(visitor, await start(visitor))
                    body = {} if end == "abandon" else {"sent": 0, "cancelled": True}
                    visitor.http = second
                    assert (await start(visitor)).status_code == 429
                    visitor.http = first
                    assert (await sender.post(end, body)).status_code < 300
                    visitor.http = second
                    next_one = sender_of(visitor, await start(visitor))
                    assert (await next_one.post("abandon", {})).status_code == 204


async def _is_over_on_both(site: Site, visitor: Visitor, ticket: dict[str, str], mode: str) -> None:
    method = "POST" if mode == "write" else "GET"
    for pid in worker_pids(site):
        async with browser_on(site, pid, visitor), asyncio.timeout(PATIENCE_S):
            path, headers = f"/api/burst/{mode}?n=0", visitor.jar | ticket
            while (await visitor.http.request(method, path, headers=headers)).status_code != 403:
                await asyncio.sleep(0.05)
