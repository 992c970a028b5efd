"""Sets this worker's tabs and terminals right from the database: after events of other workers were lost, and whenever
a session has ended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.events import Event, EventsMissed
from portfolio_app.app.reread import Reread

_log = logging.getLogger(__name__)
PAUSE_S: Final = 1.0
"""Between two passes: losses in a row, as of a server that comes and goes, cost one each."""
SESSIONS_EVERY_S: Final = 0.25
"""Between two looks for sessions that have ended: with `CLOSE_DELAY_S` less than a second, in which their tabs go."""

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
    """Runs every step once after a loss. A step reads only what has a tab or a terminal here, in bounded batches.

    Sessions are looked for all the time: nobody says of one that its time is up, and a revocation has to count while
    there is no Redis to tell of it.
    """

    def __init__(self) -> None:
        self._steps: list[Refresh] = []
        self._connections: list[tuple[Connections, Reread]] = []
        self._due = asyncio.Event()
        self.passes = 0
        """How often everything was read again."""

    def add(self, step: Refresh) -> None:
        """Run `step` in every pass, after those added before."""
        self._steps.append(step)

    def end_sessions(self, connections: Connections, reread: Reread) -> None:
        """End those of `connections` whose session has ended, within `SESSIONS_EVERY_S`."""
        self._connections.append((connections, reread))

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

    async def watch_sessions(self) -> None:
        """End connections of sessions that have ended, until cancelled; a database that is away is asked again."""
        while True:
            for connections, reread in self._connections:
                try:
                    await _end_sessions(connections, reread)
                except Unavailable:
                    pass
                except Exception:  # it would be the last look
                    _log.exception("ended sessions were not looked for")
            await asyncio.sleep(SESSIONS_EVERY_S)

    async def _pass(self) -> None:
        for step in self._steps:
            await step()
        self.passes += 1
        _log.info("read again what lost events would have said")


async def _end_sessions(connections: Connections, reread: Reread) -> None:
    for event in await reread.ended(sorted(connections.sessions())):
        await connections.on_event(event)
