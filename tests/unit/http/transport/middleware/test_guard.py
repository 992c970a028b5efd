"""What is refused before anything else looks at it: other sites, large bodies, and requests that name no host."""

import pytest
from starlette.types import Message

from portfolio_app.http.asgi import wrap
from tests.unit.http.asgi import Answer, Inner, request, scope_of
from tests.unit.http.site import ORIGIN, FakeSite


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ORIGIN + ".evil.example"}, 403),
        ({"origin": ORIGIN.upper()}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
        ({"origin": ORIGIN}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_only_this_site_can_ask_for_an_effect(
    site: FakeSite, headers: dict[str, str], status: int, method: str
) -> None:
    assert (await request(wrap(Inner()), "/x", headers, method=method)).status == status


async def test_a_body_is_bounded_whether_its_length_is_announced_or_not(site: FakeSite) -> None:
    big, origin = b"x" * 40_000, {"origin": ORIGIN}
    announced = await request(wrap(Inner()), "/x", origin | {"content-length": "80000"}, method="POST")
    counted = await request(wrap(Inner()), "/x", origin, method="POST", chunks=(big, big))
    odd = await request(wrap(Inner()), "/x", origin | {"content-length": "-1"}, method="POST")
    small = await request(wrap(Inner()), "/x", origin, method="POST", chunks=(big, b"y"))
    assert [answer.status for answer in (announced, counted, odd, small)] == [413, 413, 413, 200]


@pytest.mark.parametrize("path", ["/_event", "/_event/", "/_event/x", "/_health"])
async def test_what_would_go_around_the_socket_filter_is_closed(site: FakeSite, path: str) -> None:
    inner = Inner()
    answer = await request(wrap(inner), path, {"origin": ORIGIN}, method="POST")
    assert (answer.status, inner.seen) == (404, [])


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [
        ("1.1", ["site.example"], 200),
        ("1.1", ["[::1]:3000"], 200),
        ("1.0", [], 200),
        ("1.1", [], 400),
        ("1.1", ["site.example", "site.example"], 400),
        ("1.0", ["site.example", "evil.example"], 400),
        ("1.1", [""], 400),
        ("1.1", ["site.example/x"], 400),
        ("1.1", ["site.example, evil.example"], 400),
        ("1.1", ["me@site.example"], 400),
    ],
)
async def test_a_request_names_one_host(site: FakeSite, version: str, hosts: list[str], status: int) -> None:
    inner, answer = Inner(), Answer()
    scope = scope_of("http", "/", None, method="GET", http_version=version)
    scope["headers"] = [(b"host", host.encode()) for host in hosts]

    async def send(message: Message) -> None:
        answer.messages.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    await wrap(inner)(scope, receive, send)
    assert (answer.status, len(inner.seen)) == (status, int(status == 200))
    assert len(answer.header("x-request-id") or "") == 32
