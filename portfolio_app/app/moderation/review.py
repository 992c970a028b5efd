"""A moderator looks at the queue and the trail."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.identity import require_moderator
from portfolio_app.app.ports.audit import AuditEntry
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.moderation import QueuedMessage
from portfolio_app.app.ports.reports import Reported
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.mute import Mute

QUEUE_LIMIT: Final = 100
TRAIL_LIMIT: Final = 50
MUTED_LIMIT: Final = 200


class Only(StrEnum):
    """The part of the queue that a moderator wants to see."""

    ALL = "all"
    HELD = "held"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Review:
    """The oldest waiting and the first reported messages, how many wait and are reported in all, the newest audit
    lines, and who is muted, newest first."""

    waiting: tuple[QueuedMessage, ...]
    reported: tuple[Reported, ...]
    count: int
    trail: tuple[AuditEntry, ...]
    muted: tuple[Mute, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Read the queue and the trail as a moderator."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, caller: Caller, limit: int = QUEUE_LIMIT, only: Only = Only.ALL) -> Review:
        """Held and reported messages, `limit` of each, or of `only` one kind, and the newest lines of the trail.

        `NotAllowed` for anyone but a moderator.
        """

        def read(repositories: Repositories) -> Review:
            require_moderator(repositories, caller)
            waiting: list[QueuedMessage] = []
            reported: list[Reported] = []
            count = 0
            if only is not Only.REPORTED:
                waiting = repositories.queue.waiting(limit)
                count += len(waiting) if len(waiting) < limit else repositories.queue.length()
            if only is not Only.HELD:
                reported = repositories.reports.open(limit)
                count += len(reported) if len(reported) < limit else repositories.reports.length()
            trail = repositories.audit.recent(TRAIL_LIMIT)
            muted = repositories.mutes.all(self.clock(), MUTED_LIMIT)
            return Review(tuple(waiting), tuple(reported), count, tuple(trail), tuple(muted))

        return await self.unit_of_work.run(read)
