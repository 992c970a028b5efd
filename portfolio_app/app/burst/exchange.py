"""What workers tell each other about the runs under way, and what the live feed tells all of them."""

import asyncio
from dataclasses import dataclass
from typing import Final

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.events import Event, RunEnded, RunNoted, RunStalled, RunStarted
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.live_feed import FeedBatch, LiveFeed

TELL_EVERY_S: Final = 0.05
_LOAD: Final = frozenset({"/api/burst/noop", "/api/burst/read", "/api/burst/write"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """Subscribe `on_event` to the bus and `on_batch` to the feed; run `tell` while there are other workers."""

    active: ActiveRuns
    bus: Bus
    live_feed: LiveFeed
    clock: Clock

    async def tell(self) -> None:
        """Publish notes for ever, many requests at a time."""
        while True:
            await self.active.changed.wait()
            self.active.changed.clear()
            await asyncio.sleep(TELL_EVERY_S)
            await self.bus.publish(*self.active.take_untold())

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: take over notes, know the runs that other workers start and end."""
        match event:
            case RunStarted(run) if not self.active.is_disowned(run.id):
                self.active.open(run, self.clock())
            case RunNoted(run, origin) if origin != self.active.origin and not self.active.is_disowned(run):
                self.active.notes(run).merge(event, self.clock())
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
