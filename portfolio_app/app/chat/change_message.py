"""An author edits or deletes a message of their own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound, RoomArchived
from portfolio_app.app.events import Event, HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.identity import actor_name, current_user, refuse_muted
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import User
from portfolio_app.domain.chat.message import GONE, Message, MessageBody, MessageStatus
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.domain.errors import NotEditable

Change = Callable[[Message, int, datetime], Message]
"""Makes the changed message of the message, the revision it takes, and now."""


@dataclass(frozen=True, slots=True)
class ChangeMessage:
    """Write the changed message and the earlier text on record, in one transaction, then publish the change."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock
    limiter: RateLimiter
    policy: ModerationPolicy

    async def edit(self, caller: Caller, message_id: str, text: str) -> Message:
        """Give an own visible message another text; costs what a post costs. The same text changes nothing.

        Raises `InvalidValue`, `NotFound`, `NotEditable`, `Muted`, `RoomArchived` and `RateLimited`. A text that
        would wait for a moderator is refused: others have seen the message, and none of it may change unseen.
        """
        body = MessageBody.parse(text)
        if self.policy.judge(body).reasons:
            raise NotEditable("This text would have to wait for a moderator. Post it as a new message.")
        await self.limiter.hit(Rates.POST_SESSION, caller.session_id)
        await self.limiter.hit(Rates.POST_NETWORK, caller.network)

        def edit(message: Message, revision: int, now: datetime) -> Message:
            return message.edit(body, revision, now)

        return await self._change(caller, message_id, Action.EDITED, edit)

    async def delete(self, caller: Caller, message_id: str) -> Message:
        """Take an own message away, for everybody; raises `NotFound` and `NotEditable`."""

        def delete(message: Message, revision: int, now: datetime) -> Message:
            return message.delete(revision, now)

        return await self._change(caller, message_id, Action.DELETED, delete)

    async def _change(self, caller: Caller, message_id: str, action: Action, change: Change) -> Message:
        def work(repositories: Repositories) -> tuple[Message, Message]:
            user = current_user(repositories, caller)
            before = repositories.messages.lock(message_id)
            if before is None or not _is_author(before, caller, user):
                raise NotFound("That message does not exist.")
            now = self.clock()
            if action is Action.EDITED:
                refuse_muted(repositories, caller, user, now)
                _refuse_archived(repositories, before)
            # Refused before it takes a revision; a text that is the same takes none.
            if change(before, before.revision, now).body == before.body and action is Action.EDITED:
                return before, before
            was_visible = before.status is MessageStatus.VISIBLE
            revision = repositories.rooms.next_revision(before.room) if was_visible else 0
            after = change(before, revision, now)
            if after.status in GONE:
                # Asked once the revision is taken: whoever answers waits for this to be committed.
                after = after.keeping_place(answered=repositories.messages.is_answered(message_id))
            repositories.messages.save(after)
            repositories.queue.close(message_id)
            if action is Action.DELETED:
                repositories.reports.settle(message_id, now)
            actor, earlier = actor_name(user, caller.session_id), str(before.body)
            entry = AuditEntry(now, actor, action, message_id, caller.request_id)
            repositories.audit.add(replace(entry, detail=earlier))
            return before, after

        before, after = await self.unit_of_work.run(work)
        if after is before:
            return after
        await self.bus.publish(*_announcements(before, after, caller.request_id))
        return after


def _is_author(message: Message, caller: Caller, user: User | None) -> bool:
    # A member's post is the member's, in every session; a guest's is its session's.
    author = message.author
    if author.user_id is not None:
        return user is not None and user.id == author.user_id
    return author.session_id == caller.session_id


def _refuse_archived(repositories: Repositories, message: Message) -> None:
    room = repositories.rooms.get(message.room)
    if room is None or room.archived:
        raise RoomArchived


def _announcements(before: Message, after: Message, request_id: str) -> list[Event]:
    if before.status is MessageStatus.VISIBLE:
        return [RoomChanged(str(after.room), (after,), (request_id,)), QueueChanged()]
    return [HeldChanged(after.author.session_id, after, request_id), QueueChanged()]
