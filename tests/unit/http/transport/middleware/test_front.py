"""What goes straight to our endpoints, and what to Reflex."""

import pytest

from portfolio_app.http.asgi import front
from tests.unit.http.asgi import Inner, request
from tests.unit.http.site import ORIGIN, FakeSite


async def test_what_the_site_answers_is_behind_the_middleware_with_endpoints_in_front_or_not(
    site: FakeSite,
) -> None:
    for direct in (True, False):
        answer = await request(front(Inner(status=404), direct=direct), "/x\ny")
        assert answer.status == 404
        assert len(answer.header("x-request-id") or "") == 32
        assert answer.header("x-content-type-options") == "nosniff"


@pytest.mark.parametrize("path", ["/", "/chat", "/apifoo", "/session/exchange", "/metrics"])
async def test_everything_else_is_left_to_the_site(site: FakeSite, path: str) -> None:
    inner = Inner()
    assert (await request(front(inner), path)).text == "hello"
    assert inner.seen[0]["path"] == path


async def test_our_endpoints_are_behind_the_same_middleware(site: FakeSite) -> None:
    inner = Inner()
    answer = await request(front(inner), "/api/live")
    assert answer.text == '{"status":"live"}'
    assert len(answer.header("x-request-id") or "") == 32
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("access-control-allow-origin") is None
    assert inner.seen == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("POST", "/api/live", 405),
        ("OPTIONS", "/api/live", 405),
        ("POST", "/api/stream", 405),
        ("GET", "/api/nothing/x/finish", 404),
    ],
)
async def test_what_no_endpoint_answers_is_refused_and_never_reaches_the_site(
    site: FakeSite, method: str, path: str, status: int
) -> None:
    inner = Inner()
    assert (await request(front(inner), path, {"origin": ORIGIN}, method=method)).status == status
    assert inner.seen == []
