"""One session's live feed as Server-Sent Events: where a stream starts, what is sent, and how many there may be."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final, TypeVar

from sse_starlette import ServerSentEvent

from portfolio_app.app.events import Event, SessionRevoked
from portfolio_app.app.ports.live_feed import FeedBatch, LiveFeed, LogRow
from portfolio_app.http.log.views import log_row_view
from portfolio_app.http.transport.frames.registry import OpenConnections

MAX_QUEUED: Final = 2_000
"""Rows; a reader further behind is dropped, and resumes by the id of the last row it got."""


class Ending(StrEnum):
    """Why a stream ended, in words for the person at the terminal."""

    LEFT = "reader left"
    SLOW = "reader too slow"
    REVOKED = "session ended"
    STOPPING = "server stopping"


class Stream:
    """Rows on their way to one reader. Used on the event loop only."""

    def __init__(self, session_id: str, network: str) -> None:
        self.session_id = session_id
        self.network = network
        self.ending: Ending | None = None
        self.sent = 0
        """Rows handed over so far."""
        self._rows: list[LogRow] = []
        self.woken = asyncio.Event()
        """Set while rows wait to be taken."""

    def offer(self, rows: Iterable[LogRow]) -> None:
        """Queue new rows, or give the reader up."""
        if self.ending is not None:
            return
        if len(self._rows) > MAX_QUEUED:
            self.end(Ending.SLOW)
            return
        self._rows.extend(rows)
        self.woken.set()

    def end(self, reason: Ending) -> None:
        """Let the stream say why and stop; the first reason counts, what is queued is left out."""
        if self.ending is None:
            self.ending = reason
            self._rows.clear()
            self.woken.set()

    async def take(self) -> list[LogRow]:
        """Wait for rows and take them all; none when the stream has ended."""
        await self.woken.wait()
        self.woken.clear()
        rows, self._rows = self._rows, []
        return rows


PER_SESSION: Final = 4
PER_NETWORK: Final = 20


_Opened = TypeVar("_Opened", bound=Stream)


class Streams:
    """Counts, caps, feeds and ends streams. Used on the event loop only."""

    def __init__(self) -> None:
        self._open = OpenConnections[Stream]("streams", per_session=PER_SESSION, per_network=PER_NETWORK)
        self.refused = self._open.refused
        """Streams that were not opened, by reason."""
        self.ended: Counter[str] = Counter()
        """Streams that ended, by reason."""

    def __len__(self) -> int:
        return len(self._open)

    def sessions(self) -> set[str]:
        """The sessions that have a stream open."""
        return self._open.sessions()

    def has_room(self, session_id: str, network: str) -> bool:
        """Whether session and network may have one more stream open."""
        return self._open.has_room(session_id, network)

    def open(self, session_id: str, network: str) -> Stream:
        """Enter a new stream; from now on it gets the session's rows."""
        return self.enter(Stream(session_id, network))

    def enter(self, stream: _Opened) -> _Opened:
        """Count a new stream, and end it with its session."""
        self._open.add(stream.session_id, stream.network, stream)
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream."""
        self._open.remove(stream.session_id, stream.network, stream)
        stream.end(Ending.LEFT)
        self.ended[str(stream.ending)] += 1

    async def on_batch(self, session_id: str, batch: FeedBatch) -> None:
        """Feed subscriber: hand a session's rows to its streams."""
        for stream in self._open.of(session_id):
            stream.offer(batch.rows)

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: end the streams of a revoked session."""
        if isinstance(event, SessionRevoked):
            for stream in self._open.of(event.session_id):
                stream.end(Ending.REVOKED)


_LONGEST_ID: Final = 15


@dataclass(frozen=True, slots=True)
class Gap:
    """Rows after number `after` are not there any more; the first that is has number `next` (None: none).

    `next` up to `after` means that rows are counted anew: the server was started again meanwhile.
    """

    after: int
    next: int | None


@dataclass(frozen=True, slots=True)
class Start:
    """The rows to begin with; `resumed` is the number of the last one that the reader says it has."""

    rows: tuple[LogRow, ...]
    resumed: int | None = None
    gap: Gap | None = None


def last_event_id(header: str | None) -> int | None:
    """The row number in a `Last-Event-ID`, None for anything that is no number."""
    if header is None or len(header) > _LONGEST_ID or not (header.isascii() and header.isdecimal()):
        return None
    return int(header)


def start_of(feed: LiveFeed, session_id: str, last: int | None) -> Start:
    """The start of a stream for a reader whose last row was `last`."""
    if last is None:
        return Start(feed.recent(session_id).rows)
    missed = feed.after(session_id, last)
    if missed is not None:
        return Start(missed, last)
    kept = feed.recent(session_id).rows
    return Start(kept, last, Gap(last, kept[0].seq if kept else None))


SEPARATOR: Final = "\n"
_DAY_MS: Final = 24 * 60 * 60 * 1000
RETRY_MS: Final = 2_000
"""How long a reader that reconnects by itself should wait first."""


async def events(stream: Stream, start: Start) -> AsyncIterator[bytes]:
    """Rows as they come, several in one chunk, each with its number as id; at last why it ended.

    The stream is open before its start is read, so a row may come both ways: the second is left out.
    """
    yield encode(retry=RETRY_MS, comment="the live log of one session; resume with Last-Event-ID")
    if start.gap is not None:
        yield encode(event="gap", data=as_json(asdict(start.gap)))
    last = 0 if start.gap else start.resumed or 0
    rows: Iterable[LogRow] = start.rows
    while stream.ending is None:
        fresh = [row for row in rows if row.seq > last]
        if fresh:
            last = fresh[-1].seq
            stream.sent += len(fresh)
            yield b"".join(map(row_event, fresh))
        rows = await stream.take()
    yield encode(event="end", data=as_json({"reason": stream.ending}))


def row_event(row: LogRow) -> bytes:
    """The fields that the page shows, pills as an object and the time of day in UTC."""
    view = log_row_view(row)
    shown = asdict(view) | {"at": time_of_day(view.at), "pills": {pill.k: pill.v for pill in view.pills}}
    return encode(id=str(row.seq), data=as_json(shown))


def time_of_day(milliseconds: int) -> str:
    """UTC to the millisecond, from milliseconds since the epoch."""
    seconds, millisecond = divmod(milliseconds % _DAY_MS, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{millisecond:03}"


def heartbeat() -> ServerSentEvent:
    """A comment that keeps proxies from closing a quiet connection."""
    return ServerSentEvent(comment="still here", sep=SEPARATOR)


def encode(**fields: str | int) -> bytes:
    """One event."""
    return ServerSentEvent(**fields, sep=SEPARATOR).encode()  # type: ignore[arg-type]


def as_json(value: object) -> str:
    """Compact JSON: no spaces after separators."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
