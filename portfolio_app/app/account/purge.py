"""The purge of rows whose time was up long ago."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portfolio_app.app.account.names import NAME_KEPT
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.session import LIFETIMES, Lifetimes

_log = logging.getLogger(__name__)

PURGE_EVERY_S: Final = 600.0
# A cookie sealed after its session was stored outlives the row by that much at most.
KEEP_EXPIRED: Final = timedelta(days=1)
KEEP_VIEWS: Final = timedelta(days=400)
"""Counts of page views: a year, and the month of the year before beside this one."""
KEEP_AUDIT: Final = timedelta(days=90)
"""Lines of the audit trail and of the security log: for older ones there are backups."""


@dataclass(frozen=True, slots=True)
class PurgeRows:
    """Delete sessions and lines of audit trail and security log, `at_once` in a transaction, so that nobody waits long
    for the rest of a table; and page views, of which there are few."""

    unit_of_work: UnitOfWork
    clock: Clock
    at_once: int = 1_000
    lifetimes: Lifetimes = LIFETIMES

    async def __call__(self) -> int:
        """Do it now; returns how many. Several workers may: each takes what the others have not begun with."""
        now = self.clock()
        begun = now - self.lifetimes.absolute - KEEP_EXPIRED
        sessions = await self._in_batches(lambda r: r.sessions.purge(begun, self.at_once))
        await self._in_batches(lambda r: r.recovery.purge(now, self.at_once))
        await self._in_batches(lambda r: r.passkeys.purge(now, self.at_once))
        await self._in_batches(lambda r: r.users.purge_names(now - NAME_KEPT, self.at_once))
        lines = await self._in_batches(lambda r: r.audit.purge(now - KEEP_AUDIT, self.at_once))
        lines += await self._in_batches(lambda r: r.security.purge(now - KEEP_AUDIT, self.at_once))
        await self.unit_of_work.run(lambda r: r.page_views.purge((now - KEEP_VIEWS).date()))
        if sessions or lines:
            _log.info("purged %d expired sessions and %d old lines of audit and security", sessions, lines)
        return sessions + lines

    async def _in_batches(self, purge: Callable[[Repositories], int]) -> int:
        total = 0
        while (purged := await self.unit_of_work.run(purge)) == self.at_once:
            total += purged
        return total + purged
