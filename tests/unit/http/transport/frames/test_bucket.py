from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.http.transport.frames.bucket import TokenBucket


def test_a_burst_passes_and_then_only_the_rate() -> None:
    bucket = TokenBucket(rate=10, burst=3, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(0.1)
    assert not bucket.take(0.1)


def test_a_refusal_costs_nothing() -> None:
    bucket = TokenBucket(rate=1, burst=1, now=0.0)
    bucket.take(0.0)
    for _ in range(100):
        bucket.take(0.5)
    assert bucket.take(1.0)


@given(st.lists(st.floats(0, 5), max_size=200))
def test_no_schedule_gets_more_than_burst_plus_rate(pauses: list[float]) -> None:
    bucket, now, passed = TokenBucket(rate=4, burst=5, now=0.0), 0.0, 0
    for pause in pauses:
        now += pause
        passed += bucket.take(now)
    assert passed <= 5 + 4 * now + 1e-6


def test_a_bucket_is_full_again_after_a_rest() -> None:
    bucket = TokenBucket(rate=1, burst=2, now=0.0)
    assert bucket.is_full(0.0)
    bucket.take(0.0)
    assert not bucket.is_full(0.5)
    assert bucket.is_full(1.0)
