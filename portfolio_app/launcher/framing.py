"""The framing of bodies: transfer codings that a request may have, and answers to HTTP/1.0, which knows no chunks."""

from collections.abc import Sequence
from functools import partial

from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

CHUNKS = b"chunked"


class UnknownCoding(Exception):
    """A request has a transfer coding other than chunks, or any in HTTP/1.0."""


def check_coding(version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raise `UnknownCoding` where a proxy in front of the site may see another end of the body, or another body.

    The parser takes whatever ends with chunks for chunks alone, and would hand out what is still compressed.
    """
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    if codings and (version == "1.0" or codings != [CHUNKS]):
        raise UnknownCoding


def answering(cycle: RequestResponseCycle, app: ASGI3Application) -> ASGI3Application:
    """`app` for this request: one of HTTP/1.0 is answered without chunks, up to the end of the connection.

    uvicorn puts the sizes of chunks into each answer of no known length, and such a client reads them as its text.
    """
    return partial(_in_one_piece, cycle, app) if cycle.scope["http_version"] == "1.0" else app


async def _in_one_piece(
    cycle: RequestResponseCycle,
    app: ASGI3Application,
    scope: Scope,
    receive: ASGIReceiveCallable,
    send: ASGISendCallable,
) -> None:
    is_measured = False

    async def sent(message: ASGISendEvent) -> None:
        nonlocal is_measured
        if message["type"] == "http.response.start":
            is_measured = any(name.lower() == b"content-length" for name, _ in message["headers"])
            if not is_measured:
                cycle.chunked_encoding = False
        elif message["type"] == "http.response.body" and not is_measured:
            cycle.expected_content_length += len(message["body"])
        await send(message)

    await app(scope, receive, sent)
