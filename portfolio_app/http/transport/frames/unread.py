"""Bytes that wait for websockets' readers, counted from queue to transport; bounded for each socket and for all."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

_log = logging.getLogger(__name__)
MOST: Final = 1_000_000
"""For one socket; with more it is dropped. A tab reconnects and catches up by revision."""
MOST_OF_ALL: Final = 64_000_000
"""For all sockets of a process; with more, the largest is dropped."""
PAUSE_ABOVE: Final = 8_000
"""With more than this unread, answers wait and the client is not listened to."""
MOST_PENDING: Final = 8
"""Events of one socket that are not answered yet; the next one is left in the system's buffers."""
STALLED_S: Final = 15.0
"""For the server to take one frame. Its buffer holds 32 KB: a reader that slow gets 2 KB a second."""
CHECK_EVERY_S: Final = 1.0
_current: ContextVar["Unread | None"] = ContextVar("unread", default=None)


class Unread:
    """What one websocket's client has not read, and what it has asked and was not answered."""

    __slots__ = (
        "_all",
        "_calm",
        "_drop",
        "_room",
        "_sizes",
        "_taking_since",
        "_task",
        "bytes",
        "ended",
        "pending",
    )

    def __init__(self, crowd: "Crowd", drop: Callable[[], None]) -> None:
        """`drop` ends the connection with all that its transport still holds."""
        self.bytes = 0
        self.pending: set[asyncio.Future[Any]] = set()
        self.ended = False
        self._all = crowd
        self._drop = [drop]
        self._sizes: deque[int] = deque()
        self._taking_since: float | None = None
        self._task = asyncio.current_task()
        self._room, self._calm = asyncio.Event(), asyncio.Event()
        self._compare()

    def add(self, size: int) -> None:
        """Count a frame that was queued; one too many drops the socket."""
        self._sizes.append(size)
        self.bytes += size
        self._all.bytes += size
        self._compare()
        if self.bytes > MOST:
            self.drop("unread")
        elif self._all.bytes > MOST_OF_ALL:
            self._all.drop_largest()

    def taking(self) -> None:
        """The server is given the oldest frame, and takes it when its buffer has room."""
        self._taking_since = asyncio.get_running_loop().time()

    def taken(self) -> None:
        """The server has the frame that it was given."""
        self._taking_since = None
        if self._sizes:
            self._discount(self._sizes.popleft())
            self._compare()

    def expect(self, answer: asyncio.Future[Any]) -> None:
        """Count an event until it is answered."""
        self.pending.add(answer)
        self._compare()
        answer.add_done_callback(self._answered)

    async def room(self) -> None:
        """Wait until little is unread, or the socket has ended."""
        await self._room.wait()

    async def calm(self) -> None:
        """Wait until little is unread and few events are pending, or the socket has ended."""
        await self._calm.wait()

    def asks(self) -> bool:
        """Whether it is the client of this socket that the running task listens to."""
        return asyncio.current_task() is self._task

    def stalled(self, now: float) -> bool:
        """Whether the server has waited too long for room in its buffer."""
        return self._taking_since is not None and now - self._taking_since > STALLED_S

    def on_drop(self, call: Callable[[], None]) -> None:
        """Have something else dropped with the connection."""
        self._drop.append(call)

    def drop(self, reason: str) -> None:
        """End the connection, forget what was queued for it and do nothing more of what it asked.

        A tab whose post gets lost with it sends it again under the same id.
        """
        if self.ended:
            return
        self._all.dropped[reason] += 1
        calls, self._drop = self._drop, []
        self.end()
        for call in calls:
            call()
        for answer in tuple(self.pending):
            answer.cancel()

    def end(self) -> None:
        """Count nothing any more; whoever waits goes on."""
        self.ended = True
        self._drop = []
        self._taking_since = None
        self._discount(self.bytes)
        self._sizes.clear()
        self._compare()

    def _answered(self, answer: asyncio.Future[Any]) -> None:
        self.pending.discard(answer)
        self._compare()

    def _discount(self, size: int) -> None:
        self.bytes -= size
        self._all.bytes -= size

    def _compare(self) -> None:
        room = self.ended or self.bytes <= PAUSE_ABOVE
        _show(self._room, room)
        _show(self._calm, room and (self.ended or len(self.pending) < MOST_PENDING))


class Crowd:
    """The sockets of this process. Used on the event loop only."""

    def __init__(self) -> None:
        self.bytes = 0
        self.dropped: Counter[str] = Counter()
        """Sockets that were dropped because their client did not read, by reason."""
        self._open: set[Unread] = set()

    @contextmanager
    def enter(self, drop: Callable[[], None]) -> Iterator[Unread]:
        """Count for one websocket; what is queued inside of the block is queued for it."""
        unread = Unread(self, drop)
        self._open.add(unread)
        token = _current.set(unread)
        try:
            yield unread
        finally:
            _current.reset(token)
            self._open.discard(unread)
            unread.end()

    def most(self) -> int:
        """Bytes that wait for the socket that reads most slowly."""
        return max((unread.bytes for unread in self._open), default=0)

    def drop_largest(self) -> None:
        """Make room at the cost of the socket that has the most of it."""
        max(self._open, key=lambda unread: unread.bytes).drop("unread_of_all")

    async def watch(self) -> None:
        """Drop sockets that stalled, and log what was dropped, until cancelled: a line a second for each reason."""
        told: Counter[str] = Counter()
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            now = asyncio.get_running_loop().time()
            for unread in [unread for unread in self._open if unread.stalled(now)]:
                unread.drop("stalled")
            for reason, sockets in (self.dropped - told).items():
                _log.warning("dropped %d websockets that did not read: %s", sockets, reason)
            told = self.dropped.copy()


def current() -> Unread | None:
    """The count of the websocket that the running task was started for."""
    return _current.get()


def _show(event: asyncio.Event, happened: bool) -> None:
    if happened:
        event.set()
    else:
        event.clear()
