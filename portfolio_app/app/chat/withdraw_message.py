"""An author takes back a message whose answer never came."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import Conflict
from portfolio_app.app.moderation.decide import announcements
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.journal import Draft, MessageJournal
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import (
    ClientMessageId,
    Message,
    MessageBody,
    MessageStatus,
    message_id,
)
from portfolio_app.domain.chat.moderation import Verdict
from portfolio_app.domain.chat.room import RoomSlug

WITHIN: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class WithdrawMessage:
    """Writes an empty, removed message under the client id: the one that is still under way finds it taken.

    One that had arrived before is removed, if that was no longer ago than `WITHIN`.
    """

    journal: MessageJournal
    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, caller: Caller, room: str, client_id: str) -> None:
        """Withdraw; raises `InvalidValue` and whatever `MessageJournal.append` raises but `Conflict`."""
        draft = Draft(
            room=RoomSlug(room),
            client_id=ClientMessageId(client_id),
            session_id=caller.session_id,
            body=MessageBody.stored(""),
            verdict=Verdict(withdrawn=True),
            posted_at=self.clock(),
            request_id=caller.request_id,
            guest=not caller.trusted,
        )
        try:
            await self.journal.append(draft)
        except Conflict:
            await self._remove(caller, message_id(caller.session_id, draft.client_id))

    async def _remove(self, caller: Caller, arrived: str) -> None:
        now = self.clock()

        def remove(repositories: Repositories) -> tuple[Message, Message] | None:
            before = repositories.messages.lock(arrived)
            if before is None or before.status is MessageStatus.REMOVED or now - before.posted_at > WITHIN:
                return None
            was_visible = before.status is MessageStatus.VISIBLE
            after = before.remove(repositories.rooms.next_revision(before.room) if was_visible else 0)
            after = after.keeping_place(answered=repositories.messages.is_answered(arrived))
            repositories.messages.save(after)
            repositories.queue.close(arrived)
            entry = AuditEntry(now, before.author.label, Action.WITHDRAWN, arrived, caller.request_id)
            repositories.audit.add(entry)
            return before, after

        removed = await self.unit_of_work.run(remove)
        if removed is not None:
            await self.bus.publish(*announcements(*removed, caller.request_id))
