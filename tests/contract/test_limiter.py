"""Contract of `RateLimiter`."""

import asyncio
import operator
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from types import SimpleNamespace

import pytest
from redis.asyncio import Redis

from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.limiter import Allowance, Rate, RateLimiter, Rates
from portfolio_app.infra.limiter import window
from portfolio_app.infra.limiter.limiter import SharedLimiter, Unlimited, WindowLimiter
from portfolio_app.infra.limiter.window import WindowStorage
from tests.fakes.limiter import FakeLimiter
from tests.servers import RedisServer, redis_server

POSTS = Rates.POST_SESSION
REAL = ["memory", pytest.param("redis", marks=pytest.mark.redis)]


@pytest.fixture(params=["fake", *REAL])
async def limiter(request: pytest.FixtureRequest) -> AsyncIterator[RateLimiter]:
    """A limiter with the site's numbers."""
    if request.param == "redis":
        shared = SharedLimiter(request.getfixturevalue("redis_url"))
        yield shared
        await shared.close()
    elif request.param == "memory":
        yield WindowLimiter(WindowStorage())
    else:
        rates = [rate for rate in vars(Rates).values() if isinstance(rate, Rate)]
        yield FakeLimiter({rate: rate.times for rate in (*rates, *Rates.SIGN_IN_GUESSES)})


async def hits(limiter: RateLimiter, count: int, rate: Rate = POSTS, key: str = "ann") -> int:
    """How many of `count` attempts were admitted."""
    admitted = 0
    for _ in range(count):
        try:
            await limiter.hit(rate, key)
        except RateLimited:
            continue
        admitted += 1
    return admitted


@pytest.mark.parametrize(
    ("rate", "allowed"),
    [
        (Rates.POST_SESSION, 5),
        (Rates.POST_NETWORK, 60),
        *((rate, rate.times) for rate in Rates.SIGN_IN_GUESSES),
        (Rates.SESSION_NETWORK, 60),
        (Rates.SIGN_IN_NETWORK, 30),
        (Rates.REGISTER_NETWORK, 20),
        (Rates.ATTACK_SESSION, 20),
    ],
)
async def test_as_many_attempts_are_admitted_as_the_rate_allows(
    limiter: RateLimiter, rate: Rate, allowed: int
) -> None:
    assert await hits(limiter, allowed + 3, rate) == allowed


async def test_a_refusal_says_when_to_try_again(limiter: RateLimiter) -> None:
    await hits(limiter, 5)

    with pytest.raises(RateLimited) as refusal:
        await limiter.hit(POSTS, "ann")

    assert 1 <= refusal.value.retry_after <= 10


async def test_one_visitor_does_not_use_up_anothers_allowance(limiter: RateLimiter) -> None:
    await hits(limiter, 50, key="flooder")

    assert await hits(limiter, 5, key="ann") == 5


async def test_rates_are_counted_apart(limiter: RateLimiter) -> None:
    await hits(limiter, 50)

    assert await hits(limiter, 3, Rates.POST_NETWORK) == 3


async def test_attempts_at_once_are_not_admitted_beyond_the_limit(limiter: RateLimiter) -> None:
    outcomes = await asyncio.gather(*(limiter.hit(POSTS, "ann") for _ in range(20)), return_exceptions=True)

    assert outcomes.count(None) == 5


async def test_a_key_can_be_anything_somebody_typed(limiter: RateLimiter) -> None:
    for key in ("", "a b/c:d*\n", "👩‍👩‍👧", "\ud800", "x" * 10_000):
        assert await hits(limiter, 6, key=key) == 5


@pytest.mark.parametrize("kind", REAL)
async def test_the_window_moves_and_a_refused_attempt_was_not_counted(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate, now = Rate("moving", 2, 60), time.time()
    limiter: RateLimiter = (
        SharedLimiter(request.getfixturevalue("redis_url"))
        if kind == "redis"
        else WindowLimiter(WindowStorage())
    )
    for seconds, attempts, admitted in (
        (0, 2, 2),
        (15, 1, 0),
        (30, 1, 0),
        (45, 1, 0),
        (59, 1, 0),
        (61, 2, 2),
    ):
        both = partial(operator.add, now, seconds)
        monkeypatch.setattr(time, "time", both)
        # The event loop needs the monotonic clock as it is.
        monkeypatch.setattr(window, "time", SimpleNamespace(time=both, monotonic=both))
        assert await hits(limiter, attempts, rate) == admitted, f"after {seconds} s"
    if isinstance(limiter, SharedLimiter):
        await limiter.close()


@pytest.mark.redis
async def test_a_host_whose_clock_was_put_back_names_no_longer_wait_than_the_window(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate, limiter = Rate("put back", 1, 60), SharedLimiter(redis_url)
    await limiter.hit(rate, "ann")
    monkeypatch.setattr(time, "time", partial(operator.sub, time.time(), 3_600))
    with pytest.raises(RateLimited) as refused:
        await limiter.hit(rate, "ann")
    await limiter.close()
    assert refused.value.retry_after == 60


@pytest.mark.redis
async def test_workers_share_one_allowance(redis_url: str) -> None:
    workers = SharedLimiter(redis_url), SharedLimiter(redis_url)

    admitted = [await hits(worker, 4) for worker in workers]

    assert admitted == [4, 1]
    for worker in workers:
        await worker.close()


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    """A server this module may stop."""
    with redis_server() as server:
        yield server


@pytest.mark.redis
async def test_without_redis_a_worker_limits_by_itself(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    limiter = SharedLimiter(own_redis.url)
    await limiter.hit(POSTS, "ann")

    await asyncio.to_thread(own_redis.stop)
    assert await hits(limiter, 9) == 5
    assert [record.levelname for record in caplog.records] == ["WARNING"]

    await asyncio.to_thread(own_redis.start)
    assert await hits(limiter, 9) == 5
    await limiter.close()


@pytest.mark.redis
@pytest.mark.parametrize("left", ["SET", "HSET"])
async def test_what_another_release_counted_in_another_way_refuses_nobody(redis_url: str, left: str) -> None:
    limiter = SharedLimiter(redis_url)
    await limiter.hit(POSTS, "ann")
    async with Redis.from_url(redis_url) as client:
        (key,) = await client.keys("LIMIT*")
        await client.delete(key)
        await client.execute_command(left, key, *(("7",) if left == "SET" else ("count", "7")))
        assert await hits(limiter, 9) == 5
        assert (await limiter.allowance(POSTS, "ann")) == Allowance(5, 0, 10)
        await client.delete(key)
    await limiter.close()


async def test_a_connection_that_was_closed_a_moment_before_is_like_redis_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hit(*_: object) -> None:
        raise RuntimeError("the handler is closed")

    limiter = SharedLimiter("redis://127.0.0.1:1/0")
    monkeypatch.setattr(limiter._shared, "hit", hit)
    assert await hits(limiter, 9) == 5
    await limiter.close()


async def test_unlimited_admits_everything() -> None:
    assert await hits(Unlimited(), 500) == 500
    await Unlimited().check(POSTS, "ann")


async def test_what_is_left_is_told_without_counting(limiter: RateLimiter) -> None:
    await hits(limiter, 2)

    left = [await limiter.allowance(POSTS, "ann") for _ in range(3)]

    assert left == [Allowance(limit=5, remaining=3, seconds=10)] * 3


async def test_asking_whether_there_is_room_counts_nothing_and_refuses_as_an_attempt_would(
    limiter: RateLimiter,
) -> None:
    for _ in range(9):
        await limiter.check(POSTS, "ann")
    await hits(limiter, 5)

    with pytest.raises(RateLimited) as refusal:
        await limiter.check(POSTS, "ann")

    assert 1 <= refusal.value.retry_after <= 10
    await limiter.check(POSTS, "bob")


async def test_a_spent_allowance_has_nothing_left(limiter: RateLimiter) -> None:
    await hits(limiter, 7)

    assert await limiter.allowance(POSTS, "ann") == Allowance(5, 0, 10)


async def test_where_nothing_is_limited_there_is_no_allowance() -> None:
    assert await Unlimited().allowance(POSTS, "ann") is None
