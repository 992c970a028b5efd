import pytest
from starlette.types import Receive, Scope, Send

from portfolio_app.http.transport.stream_keys import StreamKeys, stream_key


async def through(path: str, query: bytes) -> Scope:
    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        return

    async def nothing(*_: object) -> None:
        return

    scope: Scope = {"type": "http", "path": path, "query_string": query}
    await StreamKeys(inner)(scope, nothing, nothing)  # type: ignore[arg-type]
    return scope


@pytest.mark.parametrize(
    ("query", "key", "left"),
    [
        (b"key=canary", "canary", b""),
        (b"a=1&key=canary&b=2", "canary", b"a=1&b=2"),
        (b"key=canary&key=other", "canary", b""),
        (b"k%65y=canary", "canary", b""),
        (b"key=", "", b""),
        (b"", None, b""),
        (b"token=x", None, b"token=x"),
        (b"\xff\xfe&key=canary", "canary", b"%C3%BF%C3%BE="),
    ],
)
async def test_the_server_itself_no_longer_sees_the_key(query: bytes, key: str | None, left: bytes) -> None:
    scope = await through("/api/stream", query)
    assert (stream_key(scope), scope["query_string"]) == (key, left)


async def test_other_addresses_stay_as_they_are() -> None:
    scope = await through("/chat", b"key=a%20b")
    assert (stream_key(scope), scope["query_string"]) == (None, b"key=a%20b")
