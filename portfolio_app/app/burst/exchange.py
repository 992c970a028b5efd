"""Messages between workers about the runs under way, and the rows of the live feed about them."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.events import (
    Event,
    NotesWanted,
    RunEnded,
    RunNoted,
    RunStalled,
    RunStarted,
    TracesMissed,
)
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.live_feed import FeedBatch, LiveFeed
from portfolio_app.app.token_bucket import TokenBucket

TELL_EVERY_S: Final = 0.05
ASKS_PER_S: Final = 1
"""Answers may be long: a worker that loses entry after entry is not to push out more of them by asking."""
_LOAD: Final = frozenset({"/api/burst/noop", "/api/burst/read", "/api/burst/write"})


def _budget() -> TokenBucket:
    return TokenBucket(ASKS_PER_S, ASKS_PER_S)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Subscribe `on_event` to the bus and `on_batch` to the feed; run `tell` while there are other workers.

    Notes are stored nowhere. A worker that starts while a run is under way, or that lost entries, asks the others.
    """

    active: ActiveRuns
    bus: Bus
    live_feed: LiveFeed
    clock: Clock
    asks: TokenBucket = field(default_factory=_budget)

    async def tell(self) -> None:
        """Ask for what was noted before this worker listened; then publish notes for ever, many requests at a time."""
        self.active.miss()
        while True:
            await self.active.changed.wait()
            self.active.changed.clear()
            await self._ask()
            await asyncio.sleep(TELL_EVERY_S)
            await self.bus.publish(*self.active.take_untold())

    async def _ask(self) -> None:
        if self.active.incomplete and self.asks.take():
            self.active.incomplete = False
            await self.bus.publish(NotesWanted(self.active.origin))
        elif self.active.incomplete:
            self.active.changed.set()  # a moment later

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: take over notes, know the runs that other workers start and end."""
        match event:
            case RunStarted(run) if run.id not in self.active.runs and not self.active.is_disowned(run.id):
                self.active.open(run, self.clock())
            case RunNoted(run, origin) if origin != self.active.origin and not self.active.is_disowned(run):
                self.active.notes(run).merge(event, self.clock())
            case NotesWanted(origin) if origin != self.active.origin:
                await self.bus.publish(*map(RunStarted, self.active.tell_again()))
            case TracesMissed():
                self.active.miss()
            case RunStalled(run) if run in self.active.runs:
                self.active.stall(run)
            case RunEnded(run):
                self.active.end(run)

    async def on_batch(self, session_id: str, batch: FeedBatch) -> None:
        """Feed subscriber: keep the traces that a receipt may want."""
        run_id = self.active.of_session(session_id)
        if run_id is None or run_id not in self.active.runs:
            return
        kept = self.active.notes(run_id).traces
        for row in batch.network:
            if row.path in _LOAD:
                kept.offer(row, lambda request_id: self.live_feed.trace(session_id, request_id))
