"""What a terminal reads."""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from typing import Final

from sse_starlette import ServerSentEvent

from portfolio_app.app.ports.live_feed import LogRow
from portfolio_app.http.log.stream import Stream
from portfolio_app.http.log.stream_start import Start
from portfolio_app.http.log.views import log_row_view

SEPARATOR: Final = "\n"
RETRY_MS: Final = 2_000
"""How long a reader that reconnects by itself should wait first."""


async def events(stream: Stream, start: Start) -> AsyncIterator[bytes]:
    """Rows as they come, several in one chunk, each with its number as id; at last why it ended.

    The stream is open before its start is read, so a row may come both ways: the second is left out.
    """
    yield _encode(retry=RETRY_MS, comment="the live log of one session; resume with Last-Event-ID")
    if start.gap is not None:
        yield _encode(event="gap", data=_json(asdict(start.gap)))
    last = 0 if start.gap else start.resumed or 0
    rows: Iterable[LogRow] = start.rows
    while stream.ending is None:
        fresh = [row for row in rows if row.seq > last]
        if fresh:
            last = fresh[-1].seq
            stream.sent += len(fresh)
            yield b"".join(map(row_event, fresh))
        rows = await stream.take()
    yield _encode(event="end", data=_json({"reason": stream.ending}))


def row_event(row: LogRow) -> bytes:
    """The fields that the page shows, pills as an object."""
    view = log_row_view(row)
    shown = asdict(view) | {"pills": {pill.k: pill.v for pill in view.pills}}
    return _encode(id=str(row.seq), data=_json(shown))


def heartbeat() -> ServerSentEvent:
    """A comment that keeps proxies from closing a quiet connection."""
    return ServerSentEvent(comment="still here", sep=SEPARATOR)


def _encode(**fields: str | int) -> bytes:
    return ServerSentEvent(**fields, sep=SEPARATOR).encode()  # type: ignore[arg-type]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
