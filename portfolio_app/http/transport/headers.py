"""Reading and answering with raw ASGI headers."""

from collections.abc import Iterable
from typing import Final

from starlette.types import Message, Scope, Send

RawHeaders = list[tuple[bytes, bytes]]
CUT_OFF: Final = "portfolio.cut_off"
"""The launcher's extension of ASGI: `call` drops a connection with what was not read of it."""
ACCEPT_HEADERS: Final = "portfolio.accept_headers"


def header(scope: Scope, name: bytes) -> str | None:
    """The first value of a header, or None."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return None


def all_values(scope: Scope, name: bytes) -> str:
    """Every value of a header, joined as HTTP joins them."""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def accept_headers(scope: Scope) -> RawHeaders:
    """What the answer to a websocket handshake will carry; middleware adds to it."""
    found: RawHeaders = scope.setdefault(ACCEPT_HEADERS, [])
    return found


def with_headers(message: Message, added: Iterable[tuple[bytes, bytes]]) -> Message:
    """The response start `message` with `added` in place of headers of the same names."""
    extra = list(added)
    names = {name for name, _ in extra if name != b"set-cookie"}
    kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in names]
    return {**message, "headers": kept + extra}


async def refuse(scope: Scope, send: Send, status: int, text: str) -> None:
    """Answer an HTTP request with an error in plain text, and a websocket handshake with 403.

    No browser shows a page the status of a refused handshake, and uvicorn logs an error for any other one.
    """
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": text})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})
