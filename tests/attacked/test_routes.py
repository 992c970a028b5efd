"""Routes requested by any visitor with any request: each answers, never with a 5xx, and changes nothing of others."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from portfolio_app.http import asgi
from portfolio_app.http.transport import routing
from portfolio_app.http.transport.headers import set_cookie
from portfolio_app.http.transport.middleware.request_ids import Bounded
from tests.attacked.people import Attacked
from tests.attacked.routes import (
    FORM,
    GOOD_PARAMETERS,
    JSON,
    METHODS,
    ODD_HEADERS,
    PARAMETERS,
    QUERIES,
    ROUTES,
    Asked,
    named,
)
from tests.conftest import ABSENT
from tests.unit.http.asgi import Answer, Headers, scope_of

WITHIN_S = 30
OWN = {"host": "localhost:3000", "origin": "http://localhost:3000"}


@pytest.fixture
def front(site: Attacked) -> ASGIApp:
    """All routes behind the middleware, and a page behind them."""
    return asgi.wrap(Bounded(routing.mounted(asgi.routes(), PlainTextResponse("a page"))))


def _paths() -> list[str]:
    demos = "/api/demos/"
    return [
        route.path for route in asgi.routes() if isinstance(route, Route) and not route.path.startswith(demos)
    ]


async def ask(
    app: ASGIApp, method: str, path: str, headers: Headers, body: bytes = b"", query: bytes = b""
) -> Answer:
    """Send a request whose client is gone once it was read, so that no stream goes on."""
    answer, parts = Answer(), [body[:100], body[100:]]

    async def receive() -> Message:
        if parts:
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answer.messages.append(message)

    scope = scope_of(
        "http", path, headers, method=method, query_string=query, http_version="1.1", extensions={}
    )
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    async with asyncio.timeout(WITHIN_S):
        await app({**scope, "headers": raw}, receive, send)
    return answer


Sent = tuple[str, str, Headers, bytes, bytes]
"""Method, path, headers, body and query."""


def _attacks(path: str, asked: Asked) -> Iterator[Sent]:
    """As a page sends it, and with one thing wrong in each."""
    plain = {**OWN, "content-type": asked.content_type}
    yield from _at_its_paths(path, asked, plain)
    yield from _at_one_path(named(path, GOOD_PARAMETERS[0]), asked, plain)


def _at_its_paths(path: str, asked: Asked, plain: Headers) -> Iterator[Sent]:
    for parameter in GOOD_PARAMETERS if "{" in path else ("",):
        for method in METHODS:
            yield method, named(path, parameter), plain, asked.body if method == "POST" else b"", b""
    if "{" in path:
        for parameter in PARAMETERS:
            for method in ("GET", "POST"):
                yield method, named(path, parameter), plain, asked.body, b""


def _at_one_path(good: str, asked: Asked, plain: Headers) -> Iterator[Sent]:
    for query in QUERIES:
        yield "GET", good, plain, b"", query
    for name, value in ODD_HEADERS:
        for method in ("GET", "POST"):
            yield method, good, {**plain, name: value}, asked.body, b""
    for body in asked.bodies():
        yield "POST", good, plain, body, b""
    for other in ("", "text/plain", "multipart/form-data; boundary=x", JSON, FORM, "\xff"):
        yield "POST", good, {**OWN, "content-type": other}, asked.body, b""
    for origin in ("https://evil.example", "null", ""):
        yield "POST", good, {**plain, "origin": origin}, asked.body, b""


def test_every_route_of_the_site_has_a_line_in_the_table(site: Attacked) -> None:
    assert set(_paths()) - ROUTES.keys() == set()
    assert ABSENT or ROUTES.keys() - set(_paths()) == set()


async def test_whatever_is_asked_is_answered_and_changes_nothing_of_others(
    site: Attacked, front: ASGIApp
) -> None:
    people = ("guest", "expired", "banned", "member")
    cookies = ["", *(set_cookie(site.people[name].secret).partition(";")[0] for name in people)]
    before, answers, failed = site.standing(), 0, []
    for number, path in enumerate(_paths()):
        for count, (method, at, headers, body, query) in enumerate(_attacks(path, ROUTES[path])):
            cookie = cookies[(number + count) % len(cookies)]
            sent = headers if not cookie or "cookie" in headers else {**headers, "cookie": cookie}
            answer = await ask(front, method, at, sent, body, query)
            answers += 1
            if not answer.messages or answer.status >= 500 or not answer.all("x-request-id"):
                failed.append((method, at[:60], body[:40], query[:40], headers, answer.messages[:1]))
    await site.settle()

    assert failed == []
    assert answers > 1_000
    assert site.standing() == before
    assert site.unforeseen() == []
