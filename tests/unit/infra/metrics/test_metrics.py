import os

import pytest
from prometheus_client.parser import text_string_to_metric_families

from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.metrics import Reading
from portfolio_app.infra.metrics.limiter import CountedLimiter
from portfolio_app.infra.metrics.metrics import PrometheusMetrics
from portfolio_app.infra.metrics.readings import SHAPES
from tests.fakes.limiter import FakeLimiter
from tests.fakes.metrics import FakeMetrics


def samples(metrics: PrometheusMetrics) -> dict[tuple[str, ...], float]:
    """By name and label values, worker left out."""
    return {
        (sample.name, *(value for name, value in sample.labels.items() if name != "worker")): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }


def test_requests_are_counted_by_method_route_and_status() -> None:
    metrics = PrometheusMetrics("abc1234")
    metrics.requested("GET", "/chat/{room}", 200, 0.003)
    metrics.requested("GET", "/chat/{room}", 200, 0.3)
    metrics.requested("GET", "other", 404, 0.001)
    found = samples(metrics)
    assert found["portfolio_http_requests_total", "GET", "/chat/{room}", "200"] == 2
    assert found["portfolio_http_requests_total", "GET", "other", "404"] == 1
    assert found["portfolio_http_request_seconds_bucket", "0.005", "/chat/{room}"] == 1
    assert found["portfolio_http_request_seconds_count", "/chat/{room}"] == 2


@pytest.mark.parametrize(("status", "outcome"), [(200, "ok"), (429, "refused"), (503, "failed")])
def test_events_are_counted_by_handler_and_outcome(status: int, outcome: str) -> None:
    metrics = PrometheusMetrics("abc1234")
    metrics.handled("chat.send", status, 0.002)
    assert samples(metrics)["portfolio_events_total", "chat.send", outcome] == 1


def test_posts_are_timed() -> None:
    metrics = PrometheusMetrics("abc1234")
    metrics.posted(0.004)
    found = samples(metrics)
    assert found["portfolio_post_seconds_bucket", "0.002"] == 0
    assert found["portfolio_post_seconds_bucket", "0.005"] == 1
    assert found["portfolio_post_seconds_sum",] == pytest.approx(0.004)


def test_every_sample_says_which_worker_it_is_of() -> None:
    metrics = PrometheusMetrics("abc1234")
    metrics.rate_limited("post.network")
    families = list(text_string_to_metric_families(metrics.exposition().decode()))
    assert {sample.labels["worker"] for family in families for sample in family.samples} == {str(os.getpid())}


def test_the_build_and_the_process_are_there() -> None:
    found = samples(PrometheusMetrics("abc1234"))
    assert found["portfolio_build_info", "abc1234"] == 1
    assert found["process_resident_memory_bytes",] > 0


def test_a_reading_is_asked_for_at_each_scrape_and_may_have_several_sources() -> None:
    metrics, depth = PrometheusMetrics("abc1234"), {"journal": 1.0}
    metrics.read(Reading.QUEUE_DEPTH, lambda: depth)
    metrics.read(Reading.QUEUE_DEPTH, lambda: {"bus": 4})
    metrics.read(Reading.PUSH_DELIVERIES, lambda: 12)
    depth["journal"] = 7
    found = samples(metrics)
    assert found["portfolio_queue_depth", "journal"] == 7
    assert found["portfolio_queue_depth", "bus"] == 4
    assert found["portfolio_push_deliveries_total",] == 12


def test_two_sites_in_one_process_do_not_share_numbers() -> None:
    first, second = PrometheusMetrics("abc1234"), PrometheusMetrics("abc1234")
    first.posted(1)
    assert samples(second)["portfolio_post_seconds_count",] == 0


def test_every_reading_has_a_shape() -> None:
    assert set(SHAPES) == set(Reading)


async def test_what_a_limiter_refuses_is_counted_and_still_refused() -> None:
    metrics = FakeMetrics()
    limiter = CountedLimiter(FakeLimiter({Rates.POST_NETWORK: 1}), metrics)
    await limiter.hit(Rates.POST_NETWORK, "203.0.113.7")
    with pytest.raises(RateLimited):
        await limiter.hit(Rates.POST_NETWORK, "203.0.113.7")
    assert metrics.limited == {"post.network": 1}
