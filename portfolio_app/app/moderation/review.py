"""A moderator looks at the queue and the trail."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.identity import require_moderator
from portfolio_app.app.ports.audit import AuditEntry
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.moderation import QueuedMessage
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.mute import Mute

QUEUE_LIMIT: Final = 100
TRAIL_LIMIT: Final = 50
MUTED_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Review:
    """The oldest waiting messages, how many wait in all, the newest audit lines, and who is muted, newest first."""

    waiting: tuple[QueuedMessage, ...]
    count: int
    trail: tuple[AuditEntry, ...]
    muted: tuple[Mute, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Read queue and trail."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, caller: Caller, limit: int = QUEUE_LIMIT) -> Review:
        """What waits, `limit` of it, and what was done; `NotAllowed` for anyone but a moderator."""

        def read(repositories: Repositories) -> Review:
            require_moderator(repositories, caller)
            waiting = repositories.queue.waiting(limit)
            count = len(waiting) if len(waiting) < limit else repositories.queue.length()
            muted = repositories.mutes.all(self.clock(), MUTED_LIMIT)
            return Review(tuple(waiting), count, tuple(repositories.audit.recent(TRAIL_LIMIT)), tuple(muted))

        return await self.unit_of_work.run(read)
