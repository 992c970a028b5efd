"""Connections that stay open, by session and by network: every websocket of this process, and how many there may be."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection
from typing import Final, Generic, Protocol, TypeVar

from portfolio_app.app.events import Event, SessionRevoked
from portfolio_app.app.late import Late
from portfolio_app.app.processor_time import Accounts
from portfolio_app.app.token_bucket import Pace, TokenBucket
from portfolio_app.http.transport.frames.full import Declined
from portfolio_app.http.transport.frames.unread import Crowd

T = TypeVar("T")

PER_SESSION: Final = 40
"""Tabs of one browser."""
PER_NETWORK: Final = 200
"""Tabs of one network, which may be an office."""
CHECK_EVERY_S: Final = 1.0
CONNECTS_PER_S: Final = 10
CONNECT_BURST: Final = 120
SESSION_FRAMES_PER_S: Final = 60
SESSION_FRAME_BURST: Final = 240
NETWORKS_KEPT: Final = 4096
REPLACED_JUST_NOW_S: Final = 10
"""How long the cookie that replaces another may take to reach the browser's other tabs."""
PACED_GAP_S: Final = 0.01
"""Seconds between two events of any visitors that compare or make a password: one is hashed in about that time."""
CLOSE_DELAY_S: Final = 0.5
"""Seconds from a session's replacement to the closing of its sockets, so that they reconnect with the new cookie."""


class OpenConnections(Generic[T]):
    """The open connections of one kind, at most so many of one session and of one network.

    Used on the event loop only. `kind` is the word in the reasons of `refused`.
    """

    def __init__(self, kind: str, *, per_session: int, per_network: int) -> None:
        self.refused: Counter[str] = Counter()
        """Numbers of refusals, by reason."""
        self._kind = kind
        self._per_session = per_session
        self._per_network = per_network
        self._by_session: dict[str, set[T]] = {}
        self._by_network: Counter[str] = Counter()

    def __len__(self) -> int:
        return sum(map(len, self._by_session.values()))

    def sessions(self) -> set[str]:
        """The sessions that have one open."""
        return set(self._by_session)

    def of(self, session_id: str) -> Collection[T]:
        """The connections of a session."""
        return self._by_session.get(session_id, ())

    def has_room(self, session_id: str, network: str) -> bool:
        """Whether session and network may have one more open; counts a refusal."""
        reason = None
        if self._by_network[network] >= self._per_network:
            reason = f"{self._kind}_of_network"
        elif len(self.of(session_id)) >= self._per_session:
            reason = f"{self._kind}_of_session"
        if reason is not None:
            self.refused[reason] += 1
        return reason is None

    def add(self, session_id: str, network: str, connection: T) -> None:
        """Enter one that was opened."""
        self._by_session.setdefault(session_id, set()).add(connection)
        self._by_network[network] += 1

    def remove(self, session_id: str, network: str, connection: T) -> bool:
        """Forget one that was closed; whether it was its session's last."""
        connections = self._by_session.get(session_id, set())
        connections.discard(connection)
        if not connections:
            self._by_session.pop(session_id, None)
        self._by_network[network] -= 1
        if self._by_network[network] <= 0:
            del self._by_network[network]
        return not connections


class OpenSocket(Protocol):
    """A websocket that can be told to go."""

    async def close(self, code: int) -> None:
        """Close the transport; the client may reconnect."""
        ...

    def check(self, now: float) -> None:
        """End a connection whose client is gone, or has not connected in time."""
        ...


class SocketRegistry:
    """Counts, caps and closes websockets. Used on the event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._open = OpenConnections[OpenSocket]("sockets", per_session=PER_SESSION, per_network=PER_NETWORK)
        self.refused: Counter[str] = self._open.refused
        """Frames and handshakes that were turned away, by reason."""
        self.crowd = Crowd()
        """Bytes that its sockets have not read."""
        self.accounts = Accounts(clock)
        """The processor time of its sockets."""
        self.declined = Declined()
        """Pages that are told why they are not connected."""
        self.late = Late()
        """Handshakes that are refused after a while."""
        self.pace = Pace(PACED_GAP_S)
        """Has hundreds that sign in at once take turns, so that posts of others find their way between them."""
        self._clock = clock
        self._frames: dict[str, TokenBucket] = {}
        self._connects: dict[str, TokenBucket] = {}
        self._replaced: dict[str, float] = {}
        self._ending: set[str] = set()
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    def visitors(self) -> int:
        """How many sessions have a websocket open."""
        return len(self._open.sessions())

    def sessions(self) -> set[str]:
        """The sessions that have a websocket open which is not being closed."""
        return self._open.sessions() - self._ending

    def may_try(self, network: str) -> bool:
        """Whether the network may try to connect once more now; counts as a try."""
        allowed = self._bucket_of(network).take()
        if not allowed:
            self.refused["connect_rate"] += 1
        return allowed

    def has_room(self, session_id: str, network: str) -> bool:
        """Whether session and network may have one more websocket open."""
        return self._open.has_room(session_id, network)

    def is_full(self, most: int) -> bool:
        """Whether `most` websockets are open; counts a refusal."""
        if len(self) < most:
            return False
        self.refused["sockets_of_all"] += 1
        return True

    async def watch(self) -> None:
        """Check every websocket now and then, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            for session_id in self._open.sessions():
                for socket in list(self._open.of(session_id)):
                    socket.check(self._clock())

    def add(self, session_id: str, network: str, socket: OpenSocket) -> TokenBucket:
        """Enter an accepted websocket; returns the frame allowance that its session's sockets share."""
        self._open.add(session_id, network, socket)
        self._ending.discard(session_id)
        if session_id not in self._frames:
            self._frames[session_id] = TokenBucket(SESSION_FRAMES_PER_S, SESSION_FRAME_BURST, self._clock)
        return self._frames[session_id]

    def remove(self, session_id: str, network: str, socket: OpenSocket) -> None:
        """Forget a websocket, and what was kept for the last one of its session and network."""
        if self._open.remove(session_id, network, socket):
            self._frames.pop(session_id, None)
            self._ending.discard(session_id)

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: close the sockets of a revoked session; shortly, if its browser gets another one."""
        if not isinstance(event, SessionRevoked):
            return
        if event.replaced:
            self._note_replaced(event.session_id)
        else:
            self._replaced.pop(event.session_id, None)
        if self._open.of(event.session_id):
            self._ending.add(event.session_id)
        task = asyncio.create_task(self._close_in(CLOSE_DELAY_S if event.replaced else 0, event.session_id))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def was_replaced_just_now(self, session_id: str) -> bool:
        """Whether the browser may still be waiting for the cookie that replaces this session's."""
        return self._clock() - self._replaced.get(session_id, float("-inf")) < REPLACED_JUST_NOW_S

    async def close_session(self, session_id: str) -> None:
        """Close every websocket of a session; browsers reconnect with the cookie they have by then."""
        for socket in list(self._open.of(session_id)):
            await socket.close(1012)

    def _note_replaced(self, session_id: str) -> None:
        now = self._clock()
        self._replaced = {sid: at for sid, at in self._replaced.items() if now - at < REPLACED_JUST_NOW_S}
        self._replaced[session_id] = now

    async def _close_in(self, seconds: float, session_id: str) -> None:
        await asyncio.sleep(seconds)
        await self.close_session(session_id)

    def _bucket_of(self, network: str) -> TokenBucket:
        if network not in self._connects:
            if len(self._connects) >= NETWORKS_KEPT:
                self._forget_idle_networks()
            self._connects[network] = TokenBucket(CONNECTS_PER_S, CONNECT_BURST, self._clock)
        return self._connects[network]

    def _forget_idle_networks(self) -> None:
        self._connects = {key: kept for key, kept in self._connects.items() if not kept.is_full()}
        while len(self._connects) >= NETWORKS_KEPT:
            self._connects.pop(next(iter(self._connects)))
