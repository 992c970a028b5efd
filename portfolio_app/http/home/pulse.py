"""The pulse of this process: readings for its front page, taken here and pushed when they change."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from typing import Final

import reflex as rx

from portfolio_app.http.chat import LastPosts
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.push import PULSE, Push
from portfolio_app.http.transport.runtime import Runtime, part

BEAT_SECONDS: Final = 1.0
BEATS_KEPT: Final = 60
HEIGHT: Final = 100
"""Height of the drawing in its own units; CSS says how high it is on the page."""
_LEAST: Final = 10
"""Frames a second at the top of the scale: one frame is no peak."""
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


class Pulse:
    """Reads the process once a second while somebody watches, and sends what is new."""

    def __init__(self, push: Push, state: type[rx.State], site: Runtime) -> None:
        self._push = push
        self._site = site
        self._state = state
        self._started = time.monotonic()
        self._delivered = 0
        self._answered = site.answered
        self._events_per_s = 0
        # Before the first beat nothing was pushed.
        self._rates: deque[int] = deque([0] * BEATS_KEPT, BEATS_KEPT)
        self._shown: dict[str, object] = {}

    async def show(self, sid: str) -> None:
        """Send everything to one tab."""
        await self._send(sid, self._read())

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self._rates.append(self._rate())
            answered, self._answered = self._site.answered - self._answered, self._site.answered
            self._events_per_s = round(answered / BEAT_SECONDS)
            reading = self._read()
            changed = {name: value for name, value in reading.items() if self._shown.get(name) != value}
            self._shown = reading
            if changed:
                await self._send(PULSE, changed)

    async def _send(self, topic: str, reading: dict[str, object]) -> None:
        # Not counted: a quiet process would show its own pulse and call it traffic.
        sent = await self._push.send(topic, self._state, **reading)
        self._delivered += sent.tabs

    def _read(self) -> dict[str, object]:
        posted = self._site.services.posts.last_seconds
        return {
            "visitors": self._site.sockets.visitors(),
            "tabs": len(self._site.sockets),
            "events_per_s": self._events_per_s,
            "pushed": steps(self._rates),
            "peak": max(self._rates),
            "last_post_ms": None if posted is None else f"{posted * 1000:.1f}",
            "last_painted_ms": self._site.part(LastPosts).painted_ms,
            "uptime": spoken(time.monotonic() - self._started),
            "commit": self._site.options.commit or None,
        }

    def _rate(self) -> int:
        delivered, self._delivered = self._push.delivered - self._delivered, self._push.delivered
        return round(delivered / BEAT_SECONDS)


def steps(rates: Iterable[int]) -> str:
    """Rates as a line from the left, one unit wide each, in a drawing `HEIGHT` high."""
    shown = list(rates)
    top = max(*shown, _LEAST)
    return "".join(f"V{HEIGHT * (1 - rate / top):.0f}h1" for rate in shown)


def spoken(seconds: float) -> str:
    """A duration in its largest unit, so that it changes seldom: `7 min`, `3 h`, `2 d`."""
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "< 1 min"


class PulseState(rx.State):
    """Channels for readings of this process: None until the first one came; `pushed` is the line of the last minute,
    one step a second, and `peak` the highest of its rates.

    `visitors` have at least one of the `tabs` open; `events_per_s` counts what they sent, HTTP requests included.
    """

    visitors: rx.Field[int | None] = rx.field(None)
    tabs: rx.Field[int | None] = rx.field(None)
    events_per_s: rx.Field[int | None] = rx.field(None)
    pushed: rx.Field[str] = rx.field("")
    peak: rx.Field[int | None] = rx.field(None)
    last_post_ms: rx.Field[str | None] = rx.field(None)
    last_painted_ms: rx.Field[str | None] = rx.field(None)
    uptime: rx.Field[str | None] = rx.field(None)
    commit: rx.Field[str | None] = rx.field(None)

    @action("pulse.follow", live=False, refused=ignore)
    async def follow(self) -> None:
        """Listen to the pulse, and get the first reading at once."""
        sid = self.router.session.session_id
        await part(Push).join(sid, PULSE)
        await part(Pulse).show(sid)
