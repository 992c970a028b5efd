"""What the front page shows of the process."""

import asyncio
from typing import Any

import pytest

from portfolio_app.http.push import pulse as module
from portfolio_app.http.push.pulse import Pulse, spoken
from portfolio_app.http.push.push import Sent
from portfolio_app.http.states.pulse import PulseState


class Recorder:
    """As much of a push as the pulse uses."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.delivered = 0

    def tabs(self) -> int:
        return 2

    async def send(self, _topic: str, _state: object, **channels: object) -> Sent:
        self.sent.append(channels)
        self.delivered += 2
        return Sent(tabs=2, bytes=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "< 1 min"), (59.9, "< 1 min"), (60, "1 min"), (3_600, "1 h"), (90_000, "1 d")],
)
def test_a_duration_is_said_in_its_largest_unit(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


async def test_a_tab_that_opens_gets_every_reading_and_nothing_invented() -> None:
    push = Recorder()
    await Pulse(push, PulseState, commit="abc1234").show("sid")  # type: ignore[arg-type]
    [reading] = push.sent
    assert reading == {
        "tabs": 2,
        "pushes_per_s": 0,
        "pushed": [0] * 60,
        "last_post_ms": None,
        "last_painted_ms": None,
        "uptime": "< 1 min",
        "commit": "abc1234",
    }


async def test_a_beat_sends_only_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    push = Recorder()
    pulse = Pulse(push, PulseState, commit=None)  # type: ignore[arg-type]
    running = asyncio.create_task(pulse.run())
    await asyncio.sleep(0.1)
    pulse.posted(0.0034)
    pulse.painted(0.0216)
    await asyncio.sleep(0.1)
    running.cancel()
    assert "tabs" in push.sent[0]
    assert {"last_post_ms": "3.4", "last_painted_ms": "22"} in push.sent
    assert len(push.sent) == 2


async def test_a_beat_counts_every_push_but_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    push = Recorder()
    pulse = Pulse(push, PulseState, commit=None)  # type: ignore[arg-type]
    await pulse.show("sid")
    running = asyncio.create_task(pulse.run())
    await asyncio.sleep(0.05)
    push.delivered += 3
    await asyncio.sleep(0.05)
    running.cancel()
    rates = [rate for sent in push.sent if "pushed" in sent for rate in sent["pushed"]]
    assert max(rates) == 300
    assert set(rates) == {0, 300}
