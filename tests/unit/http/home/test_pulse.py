"""What the front page shows of the process."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from portfolio_app.app.chat.tally import PostTally
from portfolio_app.http.chat import LastPosts
from portfolio_app.http.home import pulse as module
from portfolio_app.http.home.pulse import Pulse, PulseState, spoken
from portfolio_app.http.transport.push import Sent
from portfolio_app.http.transport.runtime import HttpOptions, Runtime


class Recorder:
    """As much of a push as the pulse uses."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.delivered = 0

    async def send(self, _topic: str, _state: object, **channels: object) -> Sent:
        self.sent.append(channels)
        self.delivered += 2
        return Sent(tabs=2, bytes=1)


class Beats:
    """The time between two beats, which passes when a test says so."""

    def __init__(self) -> None:
        self._due = asyncio.Semaphore(0)
        self._resting = asyncio.Semaphore(0)

    async def sleep(self, _seconds: float) -> None:
        self._resting.release()
        await self._due.acquire()

    async def go_by(self, count: int) -> None:
        """Let as many beats pass, and wait until the last one has ended."""
        for _ in range(count):
            await self._resting.acquire()
            self._due.release()
        await self._resting.acquire()
        self._resting.release()


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> Beats:
    """Beats of a hundredth of a second, by a clock of the test's own."""
    stepped = Beats()
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=stepped.sleep))
    return stepped


def site(commit: str = "") -> Runtime:
    """A site that two visitors are at, one of them with two tabs."""
    running = Runtime(
        cast("Any", SimpleNamespace(posts=PostTally())), HttpOptions(frozenset(), commit=commit)
    )
    running.add(LastPosts())
    for session_id in ("ann", "bob", "bob"):
        running.sockets.add(session_id, "203.0.113.7", cast("Any", object()))
    return running


def pulse_of(push: Recorder, site: Runtime) -> Pulse:
    return Pulse(cast("Any", push), PulseState, site)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "< 1 min"), (59.9, "< 1 min"), (60, "1 min"), (3_600, "1 h"), (90_000, "1 d")],
)
def test_a_duration_is_said_in_its_largest_unit(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


async def test_a_tab_that_opens_gets_every_reading_and_nothing_invented() -> None:
    push = Recorder()
    await pulse_of(push, site("abc1234")).show("sid")
    [reading] = push.sent
    assert reading == {
        "visitors": 2,
        "tabs": 3,
        "events_per_s": 0,
        "pushed": "V100h1" * 60,
        "peak": 0,
        "last_post_ms": None,
        "last_painted_ms": None,
        "uptime": "< 1 min",
        "commit": "abc1234",
    }


async def test_a_beat_sends_only_what_changed(beats: Beats) -> None:
    push, running_site = Recorder(), site()
    running = asyncio.create_task(pulse_of(push, running_site).run())
    await beats.go_by(5)
    running_site.services.posts.took(0.0034)
    running_site.part(LastPosts).painted(0.0216)
    await beats.go_by(5)
    running.cancel()
    assert "visitors" in push.sent[0]
    assert {"last_post_ms": "3.4", "last_painted_ms": "22"} in push.sent
    assert len(push.sent) == 2


async def test_a_beat_counts_every_push_but_its_own(beats: Beats) -> None:
    push = Recorder()
    pulse = pulse_of(push, site())
    await pulse.show("sid")
    running = asyncio.create_task(pulse.run())
    await beats.go_by(3)
    push.delivered += 3
    await beats.go_by(3)
    running.cancel()
    lines = [sent["pushed"] for sent in push.sent if "pushed" in sent]
    assert {sent["peak"] for sent in push.sent if "peak" in sent} == {0, 300}
    assert {step for line in lines for step in line.split("h1") if step} == {"V100", "V0"}


async def test_a_beat_tells_how_much_was_answered_since_the_last_one(beats: Beats) -> None:
    push, running_site = Recorder(), site()
    running_site.answered = 1_000
    running = asyncio.create_task(pulse_of(push, running_site).run())
    await beats.go_by(3)
    running_site.answered += 3
    await beats.go_by(3)
    running.cancel()
    assert [sent["events_per_s"] for sent in push.sent if sent.get("events_per_s")] == [300]
