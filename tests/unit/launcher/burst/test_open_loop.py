"""The open loop against a calculation of its own, by a clock that no slow machine can disturb."""

import asyncio
import json
import selectors
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from portfolio_app.domain.burst.ledger import Answer, Books
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.domain.burst.ramp import STEPS, Ramp, knee
from portfolio_app.domain.burst.receipt import Receipt, receipt
from portfolio_app.http.build.browser_files import HTTP
from portfolio_app.launcher.burst.load import LATEST_S, Load, Shape
from portfolio_app.launcher.burst.site import RunTicket, Site
from portfolio_app.launcher.toolchain import BIN
from tests.unit.launcher.burst.fake_site import URL, id_of

SIZE, PER_S, WORKERS = 1_000, 200, 4
SERVICE_S = 0.001
STALL_FROM_S, STALL_S = 1.5, 0.3
DRIVER = Path(__file__).with_name("worker_driver.mjs")


class _Skips(selectors.DefaultSelector):
    """Waits for nothing: the time is the loop's."""

    def __init__(self, advance: Callable[[float], None]) -> None:
        super().__init__()
        self._advance = advance

    def select(self, timeout: float | None = None) -> Any:
        self._advance(timeout or 0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes at once."""

    def __init__(self) -> None:
        self._virtual = 0.0
        super().__init__(_Skips(self._pass))

    def _pass(self, seconds: float) -> None:
        self._virtual += seconds

    def time(self) -> float:
        return self._virtual


@dataclass
class Sent:
    """What a sender found, by numbers of its own."""

    answers: list[Answer]
    skipped: int

    @property
    def receipt(self) -> Receipt:
        received = {answer.request_id: answer.n for answer in self.answers if answer.request_id}
        return receipt(
            Books(SIZE, len(self.answers), {answer.n: answer for answer in self.answers}, received)
        )


def by_terminal(per_s: int, stall_s: float, workers: int = WORKERS, *, rising: bool = False) -> Sent:
    loop = VirtualLoop()

    async def server(request: httpx.Request) -> httpx.Response:
        arrived = loop.time()
        if STALL_FROM_S <= arrived < STALL_FROM_S + stall_s:
            await asyncio.sleep(STALL_FROM_S + stall_s - arrived)  # the stall, by the virtual clock
        await asyncio.sleep(SERVICE_S)  # the work that an answer takes
        n = int(request.url.params["n"])
        return httpx.Response(
            200, headers={"x-request-id": id_of(n), "server-timing": "app;dur=1.0"}, json={}
        )

    async def send() -> Sent:
        site = Site(URL, transport=httpx.MockTransport(server))
        run = RunTicket("r", {}, float("inf"))
        plan = Plan.parse(SIZE, workers, "noop")
        load = Load(site, run, plan, lambda _: None, Shape(per_s, rising=rising), loop.time)
        await load.send(asyncio.Event())
        return Sent(load.answers, load.skipped)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(send())


def by_browser(per_s: int, stall_s: float, workers: int = WORKERS, *, rising: bool = False) -> Sent:
    given = {
        "worker": (HTTP / "burst" / "burst_worker.js").as_uri(),
        "order": {
            "address": "/api/burst/noop",
            "method": "GET",
            "headers": {},
            "size": SIZE,
            "workers": workers,
        }
        | {"rate": per_s, "rising": rising, "lasts_ms": 1e7},
        "service_ms": 1_000 * SERVICE_S,
        "stall": [1_000 * STALL_FROM_S, 1_000 * (STALL_FROM_S + stall_s)],
    }
    done = subprocess.run(
        [BIN / "node", DRIVER],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    answers = [
        Answer(n, request_id, status, started, took, pushed=True, late_us=late)
        for n, request_id, status, started, took, _cause, late, *_ in seen["answers"]
    ]
    return Sent(answers, seen["skipped"])


def calculated(stall_s: float) -> float:
    """The 99th percentile in ms of arrivals at a constant rate, without any loop: those that come during the stall wait
    for its end, and then for one another, as `WORKERS` are served at a time."""
    free = [0.0] * WORKERS
    times = []
    for n in range(SIZE):
        due = n / PER_S
        begin = max(due, min(free))
        if STALL_FROM_S <= begin < STALL_FROM_S + stall_s:
            begin = STALL_FROM_S + stall_s
        free[free.index(min(free))] = begin + SERVICE_S
        times.append(1_000 * (begin + SERVICE_S - due))
    return float(np.percentile(times, 99))


SENDERS = pytest.mark.parametrize("send", [by_terminal, by_browser])


@SENDERS
def test_p99_from_the_intended_start_is_that_of_an_independent_calculation(send: Any) -> None:
    found = send(PER_S, STALL_S).receipt

    assert found.intended is not None
    assert found.latency is not None
    expected = calculated(STALL_S)
    assert expected > 200, "the stall is to be seen at all"
    assert found.intended.p99 / 1_000 == pytest.approx(expected, rel=0.05)
    assert found.latency.p99 / 1_000 < expected / 2, "from send most of the wait is hidden"
    assert found.count.answered == SIZE


@SENDERS
def test_a_closed_loop_hides_the_stall(send: Any) -> None:
    found = send(0, STALL_S).receipt

    assert found.latency is not None
    assert found.latency.p99 / 1_000 == pytest.approx(1_000 * SERVICE_S, rel=0.05)
    assert found.intended == found.latency
    assert found.latency.max / 1_000 <= 1_000 * (STALL_S + 2 * SERVICE_S)


@SENDERS
def test_what_is_due_for_too_long_is_not_sent_and_named(send: Any) -> None:
    sent = send(PER_S, LATEST_S + 1)

    assert sent.skipped == pytest.approx(PER_S, abs=2 * WORKERS), "a second's worth"
    assert len(sent.answers) == SIZE - sent.skipped
    assert max(answer.late_us for answer in sent.answers) <= LATEST_S * 1_000_000


@SENDERS
def test_a_ramp_finds_the_knee_of_a_server_of_known_capacity(send: Any) -> None:
    ramp, capacity = Ramp(SIZE, 1_600), 1 / SERVICE_S  # one at a time
    sent = send(ramp.top, 0, workers=1, rising=True)
    found = knee(ramp, sent.answers, is_whole=True)

    assert (found.kept, found.lost) == (capacity, ramp.rate(6))
    assert [step.due for step in found.steps] == [len(ramp.numbers(step)) for step in range(1, STEPS + 1)]
    for answer in sent.answers:
        assert answer.started_us - answer.late_us == pytest.approx(1_000_000 * ramp.due_s(answer.n), abs=2)


def test_without_a_stall_requests_are_sent_when_they_are_due() -> None:
    sent = by_terminal(PER_S, 0)

    assert [answer.started_us for answer in sorted(sent.answers, key=lambda answer: answer.n)] == [
        pytest.approx(n * 1_000_000 / PER_S, abs=2) for n in range(SIZE)
    ]
    assert {answer.server_us for answer in sent.answers} == {1_000}
