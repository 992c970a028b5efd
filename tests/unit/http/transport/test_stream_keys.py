import pytest
from starlette.types import Receive, Scope, Send

from portfolio_app.app.errors import StreamKeyInAddress
from portfolio_app.http.transport.headers import StreamKeys, stream_key


async def through(path: str, query: bytes, authorization: bytes | None = None) -> Scope:
    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        return

    async def nothing(*_: object) -> None:
        return

    headers = [] if authorization is None else [(b"authorization", authorization)]
    scope: Scope = {"type": "http", "path": path, "query_string": query, "headers": headers}
    await StreamKeys(inner)(scope, nothing, nothing)  # type: ignore[arg-type]
    return scope


@pytest.mark.parametrize(
    ("query", "left"),
    [
        (b"key=canary", b""),
        (b"a=1&key=canary&b=2", b"a=1&b=2"),
        (b"key=canary&key=other", b""),
        (b"k%65y=canary", b""),
        (b"key=", b""),
        (b"\xff\xfe&key=canary", b"%C3%BF%C3%BE="),
    ],
)
async def test_a_key_in_the_address_is_refused_and_nobody_sees_it(query: bytes, left: bytes) -> None:
    for authorization in (None, b"Bearer another"):
        scope = await through("/api/stream", query, authorization)
        assert scope["query_string"] == left
        with pytest.raises(StreamKeyInAddress):
            stream_key(scope)


@pytest.mark.parametrize(
    ("authorization", "key"),
    [
        (b"Bearer canary", "canary"),
        (b"bearer  canary ", "canary"),
        (b"Bearer", ""),
        (b"Bearer \xff", "\xff"),
        (b"Basic canary", None),
        (b"canary", None),
        (None, None),
    ],
)
async def test_a_key_comes_in_a_header(authorization: bytes | None, key: str | None) -> None:
    assert stream_key(await through("/api/stream", b"a=1", authorization)) == key


async def test_other_addresses_stay_as_they_are() -> None:
    scope = await through("/chat", b"key=a%20b", b"Bearer canary")
    assert (stream_key(scope), scope["query_string"]) == (None, b"key=a%20b")
