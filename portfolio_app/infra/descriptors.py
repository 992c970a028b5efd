"""File descriptors: how many this process may have, and what is done when connections use them up."""

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from portfolio_app.app.errors import NotReady

_log = logging.getLogger(__name__)
ENOUGH: Final = 65_536
"""More is not asked for, whatever the system allows."""
RESERVED: Final = 128
"""Descriptors kept from visitors' connections, for database, Redis and served files; a quarter if that is less."""
SHORT_S: Final = 10.0
"""How long a shortage is reported after it was last seen."""
LOOK_EVERY_S: Final = 2.0


def raise_limit() -> None:
    """Take as many as the system allows without asking anybody; processes that are started later have them, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Descriptors:
    """The file descriptors of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.closed: Counter[str] = Counter()
        """Connections that the server closed because they were not finished, by reason."""
        self._clock = clock
        self._short_at = float("-inf")
        self._told = 0

    def most_connections(self) -> int:
        """How many connections there may be; more are one too many for the rest of the process."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        limit = ENOUGH if soft == resource.RLIM_INFINITY else soft
        return limit - min(RESERVED, limit // 4)

    def made_room(self) -> None:
        """Count a connection that was closed so that another one could be served."""
        self.closed["descriptors"] += 1
        self._short_at = self._clock()

    async def check(self) -> None:
        """Raise `NotReady` when there were too few just now."""
        if self._clock() - self._short_at < SHORT_S:
            raise NotReady("are used up: connections that wait are closed")

    async def watch(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Note when few are left, whoever has them, and log how many connections that has cost."""
        try:
            used = sum(1 for _ in Path("/proc/self/fd").iterdir())
        except FileNotFoundError:  # not on Linux
            used = 0
        except OSError:  # not even one for this
            used = resource.RLIM_INFINITY
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        closed, self._told = self.closed["descriptors"] - self._told, self.closed["descriptors"]
        short = used == resource.RLIM_INFINITY or (
            soft != resource.RLIM_INFINITY and used > soft - RESERVED // 8
        )
        if short:
            self._short_at = self._clock()
        if short or closed:
            _log.warning(
                "file descriptors are used up (%d allowed): closed %d connections that waited", soft, closed
            )


descriptors: Final = Descriptors()
"""The server's protocols count in it, readiness and metrics read it."""
