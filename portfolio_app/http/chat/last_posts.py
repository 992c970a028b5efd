"""The memory of this process of posts: until another tab painted them, and each visitor's last with what it emitted."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.events import Event, HeldChanged, RoomChanged
from portfolio_app.app.ports.live_feed import LiveFeed, LogRow, Trace
from portfolio_app.app.ports.trace import Layer, Target, labels
from portfolio_app.domain.chat.message import GONE, Message
from portfolio_app.http.transport.parsing import Request

MAX_WAITING: Final = 2_000
IN_VIEW_S: Final = 10.0
"""A tab that acknowledges later was not looked at: that is no latency."""
_STEP: Final = "painted in another tab"
_HERE: Final = "painted here"
_LABELS: Final = labels(Target.PUSH, Layer.HTTP)


@dataclass(slots=True)
class _Pushed:
    session_id: str
    request_id: str
    pushed_ns: int
    posted_at: float
    painted: set[str] = field(default_factory=set)
    """The steps that are recorded: which of two tabs paints first is open."""


class Painted:
    """Remembers pushed messages for a while; only their own session may acknowledge them, once here and once there."""

    def __init__(self, feed: LiveFeed, observe: Callable[[float], None]) -> None:
        """`observe` gets the seconds from each post to its painting."""
        self._feed = feed
        self._observe = observe
        self._waiting: OrderedDict[str, _Pushed] = OrderedDict()

    def pushed(self, message: Message, request_id: str, pushed_ns: int) -> None:
        """Wait for the acknowledgement of `message`, which `request_id` led to."""
        posted_at = message.posted_at.timestamp()
        self._waiting[message.id] = _Pushed(message.author.session_id, request_id, pushed_ns, posted_at)
        if len(self._waiting) > MAX_WAITING:
            self._waiting.popitem(last=False)

    def acknowledge(self, session_id: str, message_ids: Iterable[str], *, here: bool = False) -> None:
        """Record the time from push to screen in the trace of each message; ignores what is not waited for.

        `here` is said by the tab that sent them, else it was another one of their session.
        """
        now, step = time.time_ns(), _HERE if here else _STEP
        for message_id in message_ids:
            found = self._waiting.get(message_id)
            if found is None or found.session_id != session_id or step in found.painted:
                continue
            found.painted.add(step)
            self._feed.record_late(step, (found.request_id,), found.pushed_ns, now, _LABELS)
            seconds = now / 1e9 - found.posted_at
            if not here and seconds < IN_VIEW_S:
                self._observe(seconds)


SESSIONS_KEPT: Final = 250
"""Sessions whose last post is kept: 16 MB with the largest body that a frame may carry."""

_Kept = TypeVar("_Kept")


# Without a repr: what a visitor typed must not end up in a log by accident.
@dataclass(frozen=True, slots=True, repr=False)
class Posted:
    """One accepted post: what came in, what was asked for, what became of it, and in which request."""

    dto: Request
    command: PostCommand
    message: Message
    request_id: str


@dataclass(frozen=True, slots=True)
class Emission:
    """The rows that one request wrote into its visitor's live feed, and its trace while that is kept."""

    request_id: str
    rows: tuple[LogRow, ...] = ()
    trace: Trace | None = None


class LastPosts:
    """The last posts, in the memory of this process only; the session that posted longest ago is evicted first."""

    painted_ms: str | None = None
    """How long the last post took until another tab of its author had it on the screen."""

    def __init__(self) -> None:
        self._by_session: OrderedDict[str, Posted] = OrderedDict()
        self._emissions: OrderedDict[str, Emission] = OrderedDict()

    def keep(self, session_id: str, posted: Posted) -> None:
        """Remember `posted` in place of what this session posted before."""
        _keep(self._by_session, session_id, posted)

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: let go of what was taken away, so that its text is not kept here either."""
        if isinstance(event, RoomChanged | HeldChanged):
            changed = event.messages if isinstance(event, RoomChanged) else (event.message,)
            for message in changed:
                posted = self._by_session.get(message.author.session_id)
                if message.status in GONE and posted is not None and posted.message.id == message.id:
                    del self._by_session[message.author.session_id]

    def painted(self, seconds: float) -> None:
        """Record how long a post took until it was painted in another tab."""
        self.painted_ms = f"{seconds * 1000:.0f}"

    def of(self, session_id: str, message_id: str) -> Posted | None:
        """The post that became this message, if it was the session's last one here; None otherwise."""
        posted = self._by_session.get(session_id)
        return posted if posted is not None and posted.message.id == message_id else None

    def whole(self, session_id: str, now: Emission) -> Emission:
        """`now`, or what was seen of the same request before later ones pushed it out of the live feed."""
        seen = self._emissions.get(session_id)
        if seen is not None and seen.request_id == now.request_id:
            rows = max(seen.rows, now.rows, key=len)
            now = Emission(now.request_id, rows, now.trace or seen.trace)
        if now.rows:
            _keep(self._emissions, session_id, now)
        return now


def _keep(kept: OrderedDict[str, _Kept], session_id: str, new: _Kept) -> None:
    kept[session_id] = new
    kept.move_to_end(session_id)
    if len(kept) > SESSIONS_KEPT:
        kept.popitem(last=False)
