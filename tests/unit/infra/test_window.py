"""Moving windows in memory, with time in hand."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from portfolio_app.infra.limiter.window import WindowStorage


class Time:
    """Stands in for `time.time` and `time.monotonic`."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    clock = Time()
    monkeypatch.setattr(
        "portfolio_app.infra.limiter.window.time", SimpleNamespace(time=clock, monotonic=clock)
    )
    return clock


async def test_an_attempt_leaves_the_window_exactly_when_it_is_old_enough(now: Time) -> None:
    storage = WindowStorage()
    assert await storage.acquire_entry("ann", 2, 10)
    now.now += 4
    assert await storage.acquire_entry("ann", 2, 10)
    now.now += 5.9
    assert not await storage.acquire_entry("ann", 2, 10)
    now.now += 0.1
    assert await storage.acquire_entry("ann", 2, 10)
    assert not await storage.acquire_entry("ann", 2, 10)


async def test_more_than_the_limit_at_once_is_never_admitted(now: Time) -> None:
    storage = WindowStorage()

    assert not await storage.acquire_entry("ann", 2, 10, amount=3)
    assert await storage.acquire_entry("ann", 2, 10, amount=2)


async def test_the_window_says_when_its_oldest_attempt_was(now: Time) -> None:
    storage = WindowStorage()
    await storage.acquire_entry("ann", 2, 10)
    now.now += 4
    await storage.acquire_entry("ann", 2, 10)

    assert await storage.get_moving_window("ann", 2, 10) == (1_000_000.0, 2)


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
async def test_a_step_of_the_wall_clock_neither_locks_out_nor_lets_in(
    now: Time, monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    storage = WindowStorage()
    assert await storage.acquire_entry("ann", 1, 10)
    wall = Time()
    wall.now = now.now + step
    monkeypatch.setattr("time.time", wall)
    monkeypatch.setattr("portfolio_app.infra.limiter.window.time", SimpleNamespace(time=wall, monotonic=now))
    now.now += 4
    assert not await storage.acquire_entry("ann", 1, 10)
    assert await storage.get_moving_window("ann", 1, 10) == (wall.now - 4, 1)
    now.now += 6
    assert await storage.acquire_entry("ann", 1, 10)


async def test_visitors_who_left_are_forgotten(now: Time) -> None:
    storage = WindowStorage()
    for number in range(100):
        await storage.acquire_entry(f"visitor-{number}", 2, 10)
    now.now += 61

    await storage.acquire_entry("ann", 2, 10)

    assert list(storage.events) == ["ann"]
