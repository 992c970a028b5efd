"""An answer that lasts as long as its stream."""

import asyncio
from collections.abc import Mapping
from typing import Final

import anyio
from opentelemetry import trace
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from portfolio_app.app.ports.trace import LIVE, SESSION, Layer, Target, labels
from portfolio_app.http.log.stream import Ending, Stream
from portfolio_app.http.log.stream_start import Start
from portfolio_app.http.log.streams import Streams
from portfolio_app.http.log.wire import SEPARATOR, events, heartbeat
from portfolio_app.http.transport.headers import CUT_OFF

HEARTBEAT_S: Final = 15
SEND_WITHIN_S: Final = 10
"""For one chunk; a reader that takes longer has stopped reading."""
LAST_WORDS_S: Final = 1
"""Between a stop signal and the end, for the reason to be sent."""

_tracer = trace.get_tracer("portfolio_app.http")


class FeedResponse(EventSourceResponse):
    """Sends a stream's events, and tells the session's log when it begins and ends: two rows, never more."""

    def __init__(self, streams: Streams, stream: Stream, start: Start, headers: Mapping[str, str]) -> None:
        self._streams = streams
        self._stream = stream
        self._start = start
        self._stopping = anyio.Event()
        super().__init__(
            events(stream, start),
            headers=headers,
            ping=HEARTBEAT_S,
            sep=SEPARATOR,
            ping_message_factory=heartbeat,
            send_timeout=SEND_WITHIN_S,
            shutdown_event=self._stopping,
            shutdown_grace_period=LAST_WORDS_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until the reader leaves or the stream ends."""
        stopping = asyncio.create_task(self._end_when_stopping(), name="stream")
        try:
            self._announce_start()
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            self._stream.end(Ending.SLOW)
            await _cut_off(scope, receive)
        finally:
            stopping.cancel()
            self._streams.close(self._stream)
            self._announce("stream ended", rows=self._stream.sent, reason=str(self._stream.ending))

    async def _end_when_stopping(self) -> None:
        await self._stopping.wait()
        self._stream.end(Ending.STOPPING)

    def _announce_start(self) -> None:
        if self._start.resumed is None:
            self._announce("stream started", rows=len(self._start.rows))
        else:
            gap = {"reason": "gap"} if self._start.gap else {}
            self._announce("stream resumed", resumed=self._start.resumed, rows=len(self._start.rows), **gap)

    def _announce(self, name: str, **pills: str | int) -> None:
        session: dict[str, str | bool] = {SESSION: self._stream.session_id, LIVE: True}
        _tracer.start_span(name, attributes={**labels(Target.SSE, Layer.HTTP, **pills), **session}).end()


async def _cut_off(scope: Scope, receive: Receive) -> None:
    """A connection that is closed in the usual way stays until all that was sent has been read: here, never."""
    extension = scope.get("extensions", {}).get(CUT_OFF)
    if extension is not None:
        extension["call"]()
        await receive()
