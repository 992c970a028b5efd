import asyncio

import pytest

from portfolio_app.http.asgi import mount, wrap
from portfolio_app.http.transport import metrics
from portfolio_app.http.transport.metrics import is_near
from tests.unit.http.asgi import Inner, request
from tests.unit.http.site import FakeSite

APP = wrap(mount(Inner()))
NEAR = ("127.0.0.1", 1234)


async def test_metrics_are_plain_text_that_nobody_keeps(site: FakeSite) -> None:
    answer = await request(APP, "/metrics", client=NEAR)
    assert (answer.status, answer.text) == (200, "asked_total 1\n")
    assert answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.header("cache-control") == "no-store"


async def test_asking_often_makes_them_once(site: FakeSite) -> None:
    await asyncio.gather(*(request(APP, "/metrics", client=NEAR) for _ in range(20)))
    assert site.metrics.asked == 1


async def test_they_are_made_anew_when_they_are_old(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    await request(APP, "/metrics", client=NEAR)
    monkeypatch.setattr(metrics, "CACHED_S", 0)
    assert (await request(APP, "/metrics", client=NEAR)).text == "asked_total 2\n"


async def test_the_world_is_not_told(site: FakeSite) -> None:
    answer = await request(APP, "/metrics", client=("8.8.8.8", 1234))
    assert (answer.status, site.metrics.asked) == (403, 0)


async def test_behind_a_proxy_it_is_the_visitors_address_that_counts(site: FakeSite) -> None:
    site.install(trusted_proxy_hops=1)
    answer = await request(APP, "/metrics", {"x-forwarded-for": "8.8.8.8"}, client=NEAR)
    assert answer.status == 403


@pytest.mark.parametrize(
    ("ip", "near"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.31.0.1", True),
        ("192.168.0.9", True),
        ("::1", True),
        ("fd00::1", True),
        ("172.32.0.1", False),
        ("203.0.113.7", False),
        ("2001:db8::1", False),
        ("0.0.0.0", False),
        ("not an address", False),
    ],
)
def test_near_is_this_machine_and_private_networks(ip: str, near: bool) -> None:
    assert is_near(ip) is near
