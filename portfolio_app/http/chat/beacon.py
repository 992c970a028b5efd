"""Tells a room that has gone quiet what its revision is, so that a lost last frame is noticed too."""

import asyncio
from typing import Final

import reflex as rx

from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.topics import room_topic

# Seconds of quiet before each beacon: several, because a beacon can get lost like any frame.
QUIET: Final = (0.5, 1.5, 4.0, 10.0, 30.0)


class Beacons:
    """One timer per room, restarted by every change."""

    def __init__(self, push: Push, channel: type[rx.State]) -> None:
        """`channel` has a var `revision`."""
        self._push = push
        self._channel = channel
        self._revisions: dict[str, int] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def changed(self, room: str, revision: int) -> None:
        """Remember the room's revision and start its timer over."""
        self._revisions[room] = max(revision, self._revisions.get(room, 0))
        if (running := self._tasks.get(room)) is not None:
            running.cancel()
        self._tasks[room] = asyncio.create_task(self._run(room), name=f"beacon {room}")

    async def stop(self) -> None:
        """End all timers."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, room: str) -> None:
        for delay in QUIET:
            await asyncio.sleep(delay)
            await self._push.send(room_topic(room), self._channel, revision=self._revisions[room])
