"""The bucket behind every rate that a process keeps for itself, and the pace at which some have their turn."""

import asyncio
import math
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.token_bucket import Pace, TokenBucket


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_only_the_rate() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=10, burst=3, clock=clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.now = 0.1
    assert bucket.take()
    assert not bucket.take()


def test_a_refusal_costs_nothing() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=1, burst=1, clock=clock)
    bucket.take()
    clock.now = 0.5
    for _ in range(100):
        bucket.take()
    clock.now = 1.0
    assert bucket.take()


@given(st.lists(st.floats(0, 5), max_size=200))
def test_no_schedule_gets_more_than_burst_plus_rate(pauses: list[float]) -> None:
    clock, passed = Clock(), 0
    bucket = TokenBucket(rate=4, burst=5, clock=clock)
    for pause in pauses:
        clock.now += pause
        passed += bucket.take()
    assert passed <= 5 + 4 * clock.now + 1e-6


def test_a_bucket_is_full_again_after_a_rest() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=1, burst=2, clock=clock)
    assert bucket.is_full()
    bucket.take()
    clock.now = 0.5
    assert not bucket.is_full()
    clock.now = 1.0
    assert bucket.is_full()


def test_a_bucket_without_an_end_never_runs_out() -> None:
    bucket = TokenBucket(rate=1, burst=math.inf)
    assert all(bucket.take() for _ in range(100_001))


async def test_who_comes_at_once_has_turns_in_order_and_apart() -> None:
    pace, let_through, clock = Pace(0.02), list[int](), asyncio.get_running_loop().time
    began = clock()

    async def come(number: int) -> None:
        await pace.turn()
        let_through.append(number)

    await asyncio.gather(*map(come, range(5)))
    assert let_through == list(range(5))
    assert clock() - began >= 4 * 0.02 - 0.005  # a loop's timers are as exact as its clock
