"""Bytes that wait for websockets' readers, counted from queue to transport; bounded for each socket and for all."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

_log = logging.getLogger(__name__)
MOST: Final = 1_000_000
"""Unread bytes of one socket; with more it is dropped. A tab reconnects and catches up by revision."""
MOST_OF_ALL: Final = 64_000_000
"""Unread bytes of a process; with more, its largest sockets are dropped. Only pushes get there: answers wait before."""
PAUSE_ABOVE: Final = 8_000
"""Unread bytes above which answers wait and the client is not listened to."""
MOST_PENDING: Final = 8
"""Events of one socket that are not answered yet; the next one is left in the system's buffers."""
MOST_PENDING_OVER: Final = 2
"""The same while its visitor or network is over budget: each is a task that waits for its turn, of some 15 KB."""
STALLED_S: Final = 15.0
"""Seconds for the server to take one frame. Its buffer holds 32 KB: a reader that slow gets 2 KB a second."""
CHECK_EVERY_S: Final = 1.0
Write = Callable[[bytes], bool]
"""Hands a whole websocket frame to the transport, or answers False while that holds enough."""
_current: ContextVar["Unread | None"] = ContextVar("unread", default=None)


class Unread:
    """The backlog of one websocket: what its client has not read, and what it has asked and was not answered."""

    __slots__ = (
        "_crowd",
        "_drop",
        "_seen",
        "_seen_at",
        "_sizes",
        "_taken",
        "_task",
        "_waiting",
        "_write",
        "bytes",
        "ended",
        "pending",
    )

    def __init__(self, crowd: "Crowd", drop: Callable[[], None], write: "Write | None") -> None:
        """`drop` ends the connection with all that its transport still holds."""
        self.bytes = 0
        self.pending: set[asyncio.Future[Any]] = set()
        self.ended = False
        self._crowd = crowd
        self._drop = [drop]
        self._write = write
        self._sizes: list[int] = []
        self._taken, self._seen, self._seen_at = 0, -1, 0.0
        self._task = asyncio.current_task()
        self._waiting: set[asyncio.Future[None]] = set()

    def write(self, frame: bytes) -> bool:
        """Write a websocket frame now; False when it has to be queued: behind others, or until the client reads."""
        return not self.bytes and not self.ended and self._write is not None and self._write(frame)

    def add(self, size: int) -> None:
        """Count a frame that was queued; one too many drops the socket."""
        self._sizes.append(size)
        self.bytes += size
        if self.bytes > MOST:
            self.drop("unread")

    def taken(self) -> None:
        """The server has taken the oldest frame."""
        if self._sizes:
            self._taken += 1
            self.bytes -= self._sizes.pop(0)
            if self._waiting:
                self._wake()

    def expect(self, answer: asyncio.Future[Any]) -> None:
        """Count an event until it is answered."""
        self.pending.add(answer)
        answer.add_done_callback(self._answered)

    async def room(self) -> None:
        """Wait until little is unread, or the socket has ended."""
        while self.bytes > PAUSE_ABOVE:
            await self._change()

    async def calm(self, most_pending: int = MOST_PENDING) -> None:
        """Wait until little is unread and fewer than `most_pending` events are pending, or the socket has ended."""
        while not self.ended and (self.bytes > PAUSE_ABOVE or len(self.pending) >= most_pending):
            await self._change()

    def asks(self) -> bool:
        """Whether it is the client of this socket that the running task listens to."""
        return asyncio.current_task() is self._task

    def stalled(self, now: float) -> bool:
        """Whether the server, asked now and then, has taken no frame for too long although some are queued."""
        if not self.bytes or self._taken != self._seen:
            self._seen, self._seen_at = self._taken, now
        return now - self._seen_at > STALLED_S

    def on_drop(self, call: Callable[[], None]) -> None:
        """Have something else dropped with the connection."""
        self._drop.append(call)

    def drop(self, reason: str) -> None:
        """End the connection, forget what was queued for it and do nothing more of what it asked.

        A tab whose post gets lost with it sends it again under the same id.
        """
        if self.ended:
            return
        self._crowd.dropped[reason] += 1
        calls, self._drop = self._drop, []
        self.end()
        for call in calls:
            call()
        for answer in tuple(self.pending):
            answer.cancel()

    def end(self) -> None:
        """Stop counting, and wake every task that waits for this socket.

        engine.io keeps a closed socket until its next ping: the connection's buffers don't wait with it.
        """
        self.ended = True
        self._drop, self._write, self._task = [], None, None
        self.bytes = 0
        self._sizes.clear()
        self._wake()

    def _answered(self, answer: asyncio.Future[Any]) -> None:
        self.pending.discard(answer)
        self._wake()

    async def _change(self) -> None:
        # Futures instead of events: a tab that reads has none, and this is on the way of every frame.
        change = asyncio.get_running_loop().create_future()
        self._waiting.add(change)
        try:
            await change
        finally:
            self._waiting.discard(change)

    def _wake(self) -> None:
        for change in self._waiting:
            if not change.done():
                change.set_result(None)


class Crowd:
    """The sockets of this process. Used on the event loop only."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        """Sockets that were dropped because their client did not read, by reason."""
        self._open: set[Unread] = set()

    @contextmanager
    def enter(self, drop: Callable[[], None], write: Write | None = None) -> Iterator[Unread]:
        """Count for one websocket; what is queued inside of the block is queued for it."""
        unread = Unread(self, drop, write)
        self._open.add(unread)
        token = _current.set(unread)
        try:
            yield unread
        finally:
            _current.reset(token)
            self._open.discard(unread)
            unread.end()

    def all(self) -> int:
        """Bytes that wait for all sockets; those of a frame for several count for each."""
        return sum(unread.bytes for unread in self._open)

    def most(self) -> int:
        """Bytes that wait for the socket that reads most slowly."""
        return max((unread.bytes for unread in self._open), default=0)

    async def watch(self) -> None:
        """Check now and then, and log what was dropped, until cancelled: a line each time for each reason."""
        told: Counter[str] = Counter()
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            self.check(asyncio.get_running_loop().time())
            for reason, sockets in (self.dropped - told).items():
                _log.warning("dropped %d websockets that did not read: %s", sockets, reason)
            told = self.dropped.copy()

    def check(self, now: float) -> None:
        """Drop sockets that stalled, and the largest while all together have too much."""
        for unread in [unread for unread in self._open if unread.stalled(now)]:
            unread.drop("stalled")
        total = self.all()
        for unread in sorted(self._open, key=lambda unread: -unread.bytes) if total > MOST_OF_ALL else ():
            if total > MOST_OF_ALL:
                total -= unread.bytes
                unread.drop("unread_of_all")


def current() -> Unread | None:
    """The count of the websocket that the running task was started for."""
    return _current.get()
