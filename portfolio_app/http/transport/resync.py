"""Sets this worker's tabs and terminals right from the database: after events of other workers were lost, whenever
a session has ended, and where a page was opened while the database was away."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from reflex.istate.manager.token import BaseStateToken
from reflex.state import BaseState

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.events import Event, EventsMissed
from portfolio_app.app.reread import Reread

_log = logging.getLogger(__name__)
PAUSE_S: Final = 1.0
"""Seconds between two passes: losses in a row, as of a server that comes and goes, cost one each."""
SESSIONS_EVERY_S: Final = 0.25
"""Seconds between two looks for ended sessions: with `CLOSE_DELAY_S` less than a second, in which their tabs close."""
REOPEN_EVERY_S: Final = 0.5
"""Seconds between two tries of a page while the database is away, half of that more or less."""
REOPENED_AT_ONCE: Final = 8
"""Pages, once one of them could be read: all that wait would be too much for a database that has just come back."""

Refresh: TypeAlias = Callable[[], Awaitable[None]]
"""Reads again what one feature shows; may raise `Unavailable`."""


class Connections(Protocol):
    """Sockets or streams by session; closes those of a revoked one."""

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


ModifyState: TypeAlias = Callable[[BaseStateToken], AbstractAsyncContextManager[BaseState]]
"""Gives the state of a tab, and sends the tab what was changed."""


@dataclass(frozen=True, slots=True)
class UnreadPage:
    """A page whose tab `sid` was told that the database is away; `read` tries again, and says whether all was read."""

    sid: str
    tab: BaseStateToken
    read: Callable[[BaseState], Awaitable[bool]]


class Reopening:
    """Reads pages again that a tab opened while the database was away, until they are read or the tab has left.

    Without it such a tab would say that it can't reach the service until its visitor reloads. One page is tried at a
    time, and several once one was read.
    """

    def __init__(self, modify: ModifyState, is_there: Callable[[str], bool]) -> None:
        """`is_there` says whether a tab is still connected, by its sid."""
        self._modify = modify
        self._is_there = is_there
        self._pages: dict[str, UnreadPage] = {}
        self._due = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Pages that are still to be read."""
        return len(self._pages)

    def add(self, page: UnreadPage) -> None:
        """Read this page again, soon, instead of another one of its tab."""
        self._pages[page.sid] = page
        self._due.set()

    async def run(self) -> None:
        """Read what waits, until cancelled."""
        at_once = 1
        while True:
            if not self._pages:
                self._due.clear()
                at_once = 1
                await self._due.wait()
            if at_once == 1:
                await asyncio.sleep(REOPEN_EVERY_S * random.uniform(0.5, 1.5))  # noqa: S311 (spreads the tries)
            pages = [*self._pages.values()][:at_once]
            read = await asyncio.gather(*(self._read(page) for page in pages))
            for page, is_read in zip(pages, read, strict=True):
                if self._pages.get(page.sid) is not page:
                    continue  # the tab has opened another one meanwhile
                del self._pages[page.sid]
                if not is_read:  # behind the others: what keeps it may be its own
                    self._pages[page.sid] = page
            at_once = REOPENED_AT_ONCE if all(read) else 1

    async def _read(self, page: UnreadPage) -> bool:
        if not self._is_there(page.sid):
            return True
        try:
            async with self._modify(page.tab) as state:
                return await page.read(state)
        except Exception:  # it would be the last page
            _log.exception("a page could not be read again")
            return True
