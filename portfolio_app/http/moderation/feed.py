"""The moderators' push channel, and what publishes through it."""

import asyncio
from typing import Final

import reflex as rx

from portfolio_app.app.events import Event, QueueChanged
from portfolio_app.http.transport.push import MODERATION, Push

QUEUE_DELAY: Final = 0.2
"""Seconds by which an announcement to moderators waits for more of its kind."""


class ModerationFeed(rx.State):
    """A counter that grows when queue or trail changed; the rows themselves are read with authorisation."""

    version: rx.Field[int] = rx.field(0)


class QueuePublisher:
    """Subscribes to the bus: changes of the queue become few announcements to moderators' tabs."""

    def __init__(self, push: Push) -> None:
        self._push = push
        self._version = 0
        self._announcing: asyncio.Task[None] | None = None

    async def on_event(self, event: Event) -> None:
        """Announce a changed queue."""
        if isinstance(event, QueueChanged):
            await self.announce()

    async def announce(self) -> None:
        """Let moderators' tabs read queue and trail again, soon."""
        # Each announcement makes every moderator's tab read the queue: a storm of posts becomes a few.
        if self._announcing is None or self._announcing.done():
            self._announcing = asyncio.create_task(self._announce_soon(), name="announce queue")

    def stop(self) -> None:
        """Drop an announcement that still waits."""
        if self._announcing is not None:
            self._announcing.cancel()

    async def _announce_soon(self) -> None:
        await asyncio.sleep(QUEUE_DELAY)
        self._version += 1
        await self._push.send(MODERATION, ModerationFeed, version=self._version)
