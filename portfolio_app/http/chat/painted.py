"""The last step of a message's way: another tab of its author says that it is on the screen."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.trace import Layer, Target, labels
from portfolio_app.domain.chat.message import Message

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
