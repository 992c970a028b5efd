"""Every open stream of this process, by session and by address."""

from collections import Counter
from typing import Final

from portfolio_app.app.events import Event, SessionRevoked
from portfolio_app.app.ports.live_feed import FeedBatch
from portfolio_app.http.log.stream import Ending, Stream
from portfolio_app.http.transport.frames.registry import network

PER_SESSION: Final = 4
PER_ADDRESS: Final = 20


class Streams:
    """Counts, caps, feeds and ends streams. Used on the event loop only."""

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()
        """Streams that were not opened, by reason."""
        self.ended: Counter[str] = Counter()
        """Streams that ended, by reason."""
        self._by_session: dict[str, set[Stream]] = {}
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return sum(map(len, self._by_session.values()))

    def sessions(self) -> set[str]:
        """The sessions that have a stream open."""
        return set(self._by_session)

    def has_room(self, session_id: str, ip: str) -> bool:
        """Whether session and address may have one more stream open."""
        reason = None
        if self._by_address[network(ip)] >= PER_ADDRESS:
            reason = "streams_of_address"
        elif len(self._by_session.get(session_id, ())) >= PER_SESSION:
            reason = "streams_of_session"
        if reason is not None:
            self.refused[reason] += 1
        return reason is None

    def open(self, session_id: str, ip: str) -> Stream:
        """Enter a new stream; from now on it gets the session's rows."""
        stream = Stream(session_id, ip)
        self._by_session.setdefault(session_id, set()).add(stream)
        self._by_address[network(ip)] += 1
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream."""
        streams = self._by_session.get(stream.session_id, set())
        streams.discard(stream)
        if not streams:
            self._by_session.pop(stream.session_id, None)
        address = network(stream.ip)
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]
        stream.end(Ending.LEFT)
        self.ended[str(stream.ending)] += 1

    async def on_batch(self, session_id: str, batch: FeedBatch) -> None:
        """Feed subscriber: hand a session's rows to its streams."""
        for stream in self._by_session.get(session_id, ()):
            stream.offer(batch.rows)

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: end the streams of a revoked session."""
        if isinstance(event, SessionRevoked):
            for stream in self._by_session.get(event.session_id, ()):
                stream.end(Ending.REVOKED)
