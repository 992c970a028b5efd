"""The last step of a message's way: another tab of its author says that it is on the screen."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.trace import Layer, Target, labels
from portfolio_app.domain.chat.message import Message

MAX_WAITING: Final = 2_000
IN_VIEW_S: Final = 10.0
"""A tab that acknowledges later was not looked at: that is no latency."""
_STEP: Final = "painted in another tab"
_LABELS: Final = labels(Target.PUSH, Layer.HTTP)


@dataclass(frozen=True, slots=True)
class _Pushed:
    session_id: str
    request_id: str
    pushed_ns: int
    posted_at: float


class Painted:
    """Remembers pushed messages for a while; only their own session may acknowledge them, and once."""

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

    def acknowledge(self, session_id: str, message_ids: Iterable[str]) -> None:
        """Record the time from push to screen in the trace of each message; ignores what is not waited for."""
        now = time.time_ns()
        for message_id in message_ids:
            found = self._waiting.get(message_id)
            if found is not None and found.session_id == session_id:
                del self._waiting[message_id]
                self._feed.record_late(_STEP, (found.request_id,), found.pushed_ns, now, _LABELS)
                seconds = now / 1e9 - found.posted_at
                if seconds < IN_VIEW_S:
                    self._observe(seconds)
