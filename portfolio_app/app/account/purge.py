"""What becomes of sessions whose time was up long ago."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

PURGE_EVERY_S: Final = 600.0
# A cookie sealed after its session was stored outlives the row by that much at most.
KEEP_EXPIRED: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PurgeSessions:
    """Delete them, `at_once` in a transaction, so that nobody waits long for the rest of the table."""

    unit_of_work: UnitOfWork
    clock: Clock
    at_once: int = 1_000

    async def __call__(self) -> int:
        """Do it now; returns how many. Several workers may: each takes what the others have not begun with."""
        before, total = self.clock() - KEEP_EXPIRED, 0
        while True:
            purged = await self.unit_of_work.run(lambda r: r.sessions.purge(before, self.at_once))
            total += purged
            if purged < self.at_once:
                break
        if total:
            _log.info("purged %d expired sessions", total)
        return total
