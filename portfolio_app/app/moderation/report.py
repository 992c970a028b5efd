"""A visitor reports a message to the moderators."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotAllowed, NotFound
from portfolio_app.app.events import MessageReported, QueueChanged
from portfolio_app.app.identity import actor_name, current_user
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.reports import Report
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Message, MessageStatus, member_key
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.text import clean_text

REASON_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class ReportMessage:
    """Store the report, on record, let moderators' pages read the queue again, and say so to the owner."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock
    limiter: RateLimiter

    async def __call__(self, caller: Caller, message_id: str, reason: str = "") -> bool:
        """False where this visitor has reported the message before.

        Raises `InvalidValue`, `NotFound` (also for what is visible no more), `NotAllowed` (an own message) and
        `RateLimited`. The session's allowance is asked before the network's.
        """
        words = " ".join(clean_text(reason).split())
        if len(words) > REASON_LIMIT:
            raise InvalidValue("reason", f"Say why in at most {REASON_LIMIT} characters.")
        await self.limiter.hit(Rates.REPORT_SESSION, caller.session_id)
        await self.limiter.hit(Rates.REPORT_NETWORK, caller.network)

        def report(repositories: Repositories) -> Message | None:
            user = current_user(repositories, caller)
            message = repositories.messages.lock(message_id)
            if message is None or message.status is not MessageStatus.VISIBLE:
                raise NotFound("That message is not there any more.")
            reporter = member_key(user.id) if user else caller.session_id
            if reporter == message.author.key:
                raise NotAllowed("This is your own message: you can delete it.")
            now, actor = self.clock(), actor_name(user, caller.session_id)
            if not repositories.reports.add(Report(message_id, reporter, words, now)):
                return None
            entry = AuditEntry(now, actor, Action.REPORTED, message_id, caller.request_id, words)
            repositories.audit.add(entry)
            return message

        reported = await self.unit_of_work.run(report)
        if reported is None:
            return False
        await self.bus.publish(MessageReported(reported, caller.request_id), QueueChanged())
        return True
