"""Every open stream of this process, by session and by address."""

from collections import Counter
from typing import Final

from portfolio_app.app.events import Event, SessionRevoked
from portfolio_app.app.ports.live_feed import FeedBatch
from portfolio_app.http.log.stream import Ending, Stream
from portfolio_app.http.transport.connections import OpenConnections

PER_SESSION: Final = 4
PER_ADDRESS: Final = 20


class Streams:
    """Counts, caps, feeds and ends streams. Used on the event loop only."""

    def __init__(self) -> None:
        self._open = OpenConnections[Stream]("streams", per_session=PER_SESSION, per_address=PER_ADDRESS)
        self.refused = self._open.refused
        """Streams that were not opened, by reason."""
        self.ended: Counter[str] = Counter()
        """Streams that ended, by reason."""

    def __len__(self) -> int:
        return len(self._open)

    def sessions(self) -> set[str]:
        """The sessions that have a stream open."""
        return self._open.sessions()

    def has_room(self, session_id: str, ip: str) -> bool:
        """Whether session and address may have one more stream open."""
        return self._open.has_room(session_id, ip)

    def open(self, session_id: str, ip: str) -> Stream:
        """Enter a new stream; from now on it gets the session's rows."""
        stream = Stream(session_id, ip)
        self._open.add(session_id, ip, stream)
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream."""
        self._open.remove(stream.session_id, stream.ip, stream)
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
