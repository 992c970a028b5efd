import asyncio

import pytest

from portfolio_app.http.asgi import mount, wrap
from portfolio_app.http.transport import monitoring
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
    monkeypatch.setattr(monitoring, "METRICS_CACHED_S", 0)
    assert (await request(APP, "/metrics", client=NEAR)).text == "asked_total 2\n"


TOKEN = "t" * 32
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_may_read_them(site: FakeSite, peer: str) -> None:
    assert (await request(APP, "/metrics", client=(peer, 1234))).status == 200


@pytest.mark.parametrize(
    "peer",
    [
        *("8.8.8.8", "10.1.2.3", "192.168.0.9", "fd00::1", "::2", "2001:db8::1", "?"),
        *("64:ff9b::7f00:1", "2002:7f00:1::1"),
    ],
)
async def test_nobody_else_is_told(site: FakeSite, peer: str) -> None:
    answer = await request(APP, "/metrics", client=(peer, 1234))
    assert (answer.status, site.metrics.asked) == (403, 0)


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-proto", "via"])
@pytest.mark.parametrize("hops", [0, 1])
@pytest.mark.parametrize("peer", ["127.0.0.1", "8.8.8.8"])
async def test_it_is_the_socket_that_counts(site: FakeSite, name: str, hops: int, peer: str) -> None:
    """What a proxy on this machine passes on comes from elsewhere, and a header is anybody's to write."""
    site.install(trusted_proxy_hops=hops)
    answer = await request(APP, "/metrics", {name: "127.0.0.1"}, client=(peer, 1234))
    assert answer.status == 403


async def test_a_token_opens_them_from_anywhere(site: FakeSite) -> None:
    site.install(metrics_token=TOKEN, trusted_proxy_hops=1)
    far = {"client": ("8.8.8.8", 1234)}
    assert (await request(APP, "/metrics", {**BEARER, "x-forwarded-for": "8.8.4.4"}, **far)).status == 200
    for wrong in ("", "Bearer ", f"Bearer {TOKEN}t", TOKEN, f"Basic {TOKEN}", "Bearer \xe9"):
        assert (await request(APP, "/metrics", {"authorization": wrong}, **far)).status == 403


async def test_without_a_token_none_opens_them(site: FakeSite) -> None:
    answer = await request(APP, "/metrics", {"authorization": "Bearer "}, client=("8.8.8.8", 1234))
    assert answer.status == 403
