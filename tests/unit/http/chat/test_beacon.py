"""A room that went quiet says its revision."""

import asyncio
from collections.abc import Sequence

import pytest

from portfolio_app.http.chat import feed
from portfolio_app.http.chat.feed import Beacons, RoomFeed


class Recorder:
    """As much of a push as the beacons use."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []
        self.first = asyncio.Event()

    async def send(self, topic: str, _state: object, **channels: int) -> None:
        self.sent.append((topic, channels["revision"]))
        self.first.set()


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """What was sent; the first beacon comes at once, the next one never within a test."""
    quiet_for(monkeypatch, (0.01, 3_600, 3_600))
    return Recorder()


def quiet_for(monkeypatch: pytest.MonkeyPatch, seconds: Sequence[float]) -> None:
    monkeypatch.setattr(feed, "QUIET", seconds)


async def test_the_newest_revision_is_said_several_times_after_the_last_change(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet_for(monkeypatch, (0.01, 0.01, 0.01))
    beacons = Beacons(recorder, RoomFeed)  # type: ignore[arg-type]
    for revision in (1, 2, 3):
        beacons.changed("lobby", revision)
    assert recorder.sent == []
    await beacons._tasks["lobby"]
    assert recorder.sent == [("room:lobby", 3)] * 3


async def test_a_change_starts_the_timer_over(recorder: Recorder) -> None:
    beacons = Beacons(recorder, RoomFeed)  # type: ignore[arg-type]
    beacons.changed("lobby", 1)
    await recorder.first.wait()
    beacons.changed("lobby", 2)
    await beacons.stop()
    assert recorder.sent == [("room:lobby", 1)]


async def test_an_older_revision_heard_late_does_not_take_the_room_back(recorder: Recorder) -> None:
    beacons = Beacons(recorder, RoomFeed)  # type: ignore[arg-type]
    beacons.changed("lobby", 5)
    beacons.changed("lobby", 4)
    await recorder.first.wait()
    await beacons.stop()
    assert recorder.sent == [("room:lobby", 5)]


async def test_nothing_is_kept_of_a_room_that_has_been_quiet_for_long(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet_for(monkeypatch, (0.0, 0.0))
    beacons = Beacons(recorder, RoomFeed)  # type: ignore[arg-type]
    for number in range(50):
        beacons.changed(f"sandbox-{number}", 1)
    await asyncio.gather(*beacons._tasks.values())
    assert len(recorder.sent) == 100
    assert (beacons._tasks, beacons._revisions) == ({}, {})
