"""Sets this worker's tabs and terminals right from the database, after events of other workers were lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Protocol, TypeAlias

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.events import Event, EventsMissed
from portfolio_app.app.reread import Reread

_log = logging.getLogger(__name__)
PAUSE_S: Final = 1.0
"""Between two passes: losses in a row, as of a server that comes and goes, cost one each."""

Refresh: TypeAlias = Callable[[], Awaitable[None]]
"""Reads again what one feature shows; may raise `Unavailable`."""


class Connections(Protocol):
    """Sockets or streams by session, that close those of a revoked one."""

    def sessions(self) -> set[str]:
        """The sessions that have one open here."""
        ...

    async def on_event(self, event: Event) -> None:
        """Take note of a revoked session."""
        ...


class Resync:
    """Runs every step once after a loss. A step reads only what has a tab or a terminal here, in bounded batches."""

    def __init__(self) -> None:
        self._steps: list[Refresh] = []
        self._due = asyncio.Event()
        self.passes = 0
        """How often everything was read again."""

    def add(self, step: Refresh) -> None:
        """Run `step` in every pass, after those added before."""
        self._steps.append(step)

    def end_sessions(self, connections: Connections, reread: Reread) -> None:
        """End, in every pass, those of `connections` whose session has ended meanwhile."""
        self.add(partial(_end_sessions, connections, reread))

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: read again, soon."""
        if isinstance(event, EventsMissed):
            self._due.set()

    async def run(self) -> None:
        """Read again whenever it is due, until cancelled; a database that is away is asked again."""
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await self._pass()
            except Unavailable:
                self._due.set()
            except Exception:  # it would be the last pass
                _log.exception("a resync failed")
                self._due.set()
            await asyncio.sleep(PAUSE_S)

    async def _pass(self) -> None:
        for step in self._steps:
            await step()
        self.passes += 1
        _log.info("read again what lost events would have said")


async def _end_sessions(connections: Connections, reread: Reread) -> None:
    for event in await reread.ended(sorted(connections.sessions())):
        await connections.on_event(event)
