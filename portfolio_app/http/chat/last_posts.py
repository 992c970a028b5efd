"""What each visitor posted last, as the very objects it was on its way through the layers, and what that emitted."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.events import Event, HeldChanged, RoomChanged
from portfolio_app.app.ports.live_feed import LogRow, Trace
from portfolio_app.domain.chat.message import GONE, Message
from portfolio_app.http.transport.parsing import Request

SESSIONS_KEPT: Final = 250
"""With the largest body that a frame may carry they take 16 MB."""

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
    """What one request wrote into its visitor's live feed, and its trace while that is kept."""

    request_id: str
    rows: tuple[LogRow, ...] = ()
    trace: Trace | None = None


class LastPosts:
    """In the memory of this process only; the session that posted longest ago is evicted first."""

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
