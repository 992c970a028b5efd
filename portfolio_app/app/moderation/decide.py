"""A moderator approves, removes or restores a message, or keeps one that was reported."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound
from portfolio_app.app.events import Event, HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.identity import require_moderator
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Message, MessageStatus
from portfolio_app.domain.errors import AlreadyDecided


class Decision(StrEnum):
    """The decisions that a moderator can take on a message."""

    APPROVE = "approve"
    REMOVE = "remove"
    RESTORE = "restore"
    KEEP = "keep"
    """A visible message that was reported stays."""


_ACTIONS = {
    Decision.APPROVE: Action.APPROVED,
    Decision.REMOVE: Action.REMOVED,
    Decision.RESTORE: Action.RESTORED,
    Decision.KEEP: Action.KEPT,
}
_WORDS: dict[str, str] = {Action.APPROVED: "approved", Action.REMOVED: "removed", Action.KEPT: "kept"}


@dataclass(frozen=True, slots=True)
class DecideOnMessage:
    """Change the message, close its queue entry and its reports, and write the audit line, all or nothing."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, caller: Caller, message_id: str, decision: Decision) -> Message:
        """Decide; raises `NotAllowed`, `NotFound` and `AlreadyDecided`."""

        def decide(repositories: Repositories) -> tuple[Message, Message]:
            moderator = require_moderator(repositories, caller)
            before = repositories.messages.lock(message_id)
            if before is None:
                raise NotFound("That message does not exist.")
            now = self.clock()
            try:
                after = _apply(repositories, before, decision, now)
            except AlreadyDecided as late:
                raise AlreadyDecided(_who_decided(repositories, before) or str(late)) from None
            repositories.messages.save(after)
            repositories.queue.close(message_id)
            repositories.reports.settle(message_id, now)
            actor, action = str(moderator.username), _ACTIONS[decision]
            repositories.audit.add(AuditEntry(now, actor, action, message_id, caller.request_id))
            return before, after

        before, after = await self.unit_of_work.run(decide)
        await self.bus.publish(*announcements(before, after, caller.request_id))
        return after


def _apply(repositories: Repositories, message: Message, decision: Decision, now: datetime) -> Message:
    if decision is Decision.APPROVE:
        return message.approve(repositories.rooms.next_revision(message.room), now)
    if decision is Decision.RESTORE:
        return message.restore(repositories.rooms.next_revision(message.room))
    if decision is Decision.KEEP:
        if not repositories.reports.settle(message.id, now):
            raise AlreadyDecided("Nobody reports this message any more.")
        return message
    was_visible = message.status is MessageStatus.VISIBLE
    removed = message.remove(repositories.rooms.next_revision(message.room) if was_visible else 0)
    return removed.keeping_place(answered=repositories.messages.is_answered(message.id))


def _who_decided(repositories: Repositories, message: Message) -> str:
    made = repositories.audit.last_decision(message.id)
    if made is None:
        return ""
    return f"{made.actor} {_WORDS[made.action]} this message of {message.author.label} before you decided."


def announcements(before: Message, after: Message, request_id: str) -> list[Event]:
    """The events that announce a decision on a message."""
    if after == before:
        return [QueueChanged()]
    held = HeldChanged(after.author.session_id, after, request_id)
    if after.status is MessageStatus.REMOVED and before.status is MessageStatus.PENDING:
        return [held, QueueChanged()]
    return [RoomChanged(str(after.room), (after,), (request_id,)), QueueChanged()]
