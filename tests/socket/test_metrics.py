"""What the operator's Prometheus reads, from a site that is being used."""

from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.site import Site
from tests.socket.conftest import backend
from tests.socket.visitor import Visitor
from tests.waiting import until

pytestmark = pytest.mark.server
Samples = dict[tuple[str, ...], float]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, whose metrics are never older than the request for them."""
    folder = tmp_path_factory.mktemp("metrics")
    with backend(folder, target="tests.socket.uncached:app", TRUSTED_PROXY_HOPS="1") as running:
        yield running


def scrape(site: Site) -> Samples:
    """By name and label values, without the worker."""
    answer = httpx.get(f"{site.url}/metrics")
    return {
        (sample.name, *(value for name, value in sample.labels.items() if name != "worker")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def growth(before: Samples, after: Samples, *key: str) -> float:
    return after.get(key, 0) - before.get(key, 0)


ON_LOAD = ("account.identify", "chat.enter", "log.follow", "pulse.follow", "runs.list", "showcase.read")


async def test_a_page_and_a_post_are_counted_timed_committed_and_pushed(site: Site, visitor: Visitor) -> None:
    await until(lambda: not scrape(site)["portfolio_open_sockets",])
    before = scrape(site)
    async with visitor.tab() as tab:
        await tab.boot("/")
        await tab.call(f"{tab.find('chat_state')}.send", {"client_id": "measured-1", "body": "count me"})
        await tab.until(lambda: tab.value("room_feed", "arrivals"))
        await until(lambda: growth(before, scrape(site), "portfolio_events_total", "chat.send", "ok"))
        after = scrape(site)
        await until(lambda: scrape(site)["portfolio_feed_rows",] > 3)

    assert growth(before, after, "portfolio_post_seconds_count") == 1
    assert 0 < growth(before, after, "portfolio_post_seconds_sum") < 5
    for handler in (*ON_LOAD, "chat.send"):
        assert growth(before, after, "portfolio_events_total", handler, "ok") == 1, handler
    assert growth(before, after, "portfolio_push_deliveries_total") >= 1
    assert growth(before, after, "portfolio_push_bytes_total") > 100
    assert growth(before, after, "portfolio_open_sockets") == 1
    assert after["portfolio_queue_depth", "journal"] == 0
    assert after["portfolio_queue_depth", "longest_send"] == 0
    assert after["portfolio_db_connections", "in_use"] <= after["portfolio_db_connections", "size"]
    assert after["portfolio_hashes_waiting",] == 0


async def test_no_path_that_a_visitor_makes_up_becomes_a_label(site: Site, visitor: Visitor) -> None:
    before = scrape(site)
    for number in range(5):
        await visitor.http.get(f"/canary-{number}/deep")
        await visitor.http.get(f"/api/canary-{number}?key=canary")
    after = scrape(site)
    assert growth(before, after, "portfolio_http_requests_total", "GET", "/api/{rest}", "404") == 5
    assert not any("canary" in value for key in after for value in key)


async def test_refused_frames_are_counted_by_reason(site: Site, visitor: Visitor) -> None:
    before = scrape(site)
    async with visitor.tab() as tab:
        await tab.boot()
        await tab.call("reflex___state____state.nonsense")
        await tab.settle()
    assert growth(before, scrape(site), "portfolio_refused_total", "unknown_event") == 1


async def test_what_a_rate_limit_refuses_is_counted(site: Site, visitor: Visitor) -> None:
    before = scrape(site)
    async with visitor.tab() as tab:
        await tab.boot("/chat/lobby")
        for number in range(7):
            body = {"client_id": f"too-fast-{number}", "body": "again"}
            await tab.call(f"{tab.find('chat_state')}.send", body)
        await tab.settle()
    after = scrape(site)
    assert growth(before, after, "portfolio_rate_limited_total", "post.session") == 2
    assert growth(before, after, "portfolio_events_total", "chat.send", "refused") == 2


def test_the_world_does_not_get_to_read_them(site: Site) -> None:
    for named in ("8.8.8.8", "127.0.0.1"):
        answer = httpx.get(f"{site.url}/metrics", headers={"x-forwarded-for": named})
        assert answer.status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded"])
@pytest.mark.parametrize("added", ["", "for=8.8.8.8", "8.8.8.8"])
def test_an_empty_header_hides_none_that_a_proxy_on_this_machine_adds(
    site: Site, name: str, added: str
) -> None:
    """Proxies that add a line leave the client's own in front of it."""
    lines = [(name, ""), *([(name, added)] if added else [])]
    assert httpx.get(f"{site.url}/metrics", headers=lines).status_code == httpx.codes.FORBIDDEN
