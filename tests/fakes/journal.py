"""A journal that writes each draft by itself."""

import itertools
import math
from dataclasses import replace

from portfolio_app.app.errors import (
    Conflict,
    Muted,
    NotFound,
    RoomArchived,
    SessionEnded,
    SlowMode,
    WrittenAsAnother,
)
from portfolio_app.app.events import HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.identity import actor_name
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.journal import Draft, Stored
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.session import Session, visitor_tag
from portfolio_app.domain.account.user import User
from portfolio_app.domain.chat.message import Author, Message, MessageStatus, member_key
from tests.fakes.unit_of_work import FakeRepositories, FakeUnitOfWork

WRITTEN = {
    MessageStatus.VISIBLE: Action.POSTED,
    MessageStatus.PENDING: Action.HELD,
    MessageStatus.REMOVED: Action.WITHDRAWN,
}


class FakeJournal:
    """Implements `MessageJournal` on the fake unit of work."""

    def __init__(self, unit_of_work: FakeUnitOfWork, bus: Bus) -> None:
        self._unit_of_work = unit_of_work
        self._bus = bus
        self._ids = (f"m{number}" for number in itertools.count(1))

    async def append(self, draft: Draft) -> Stored:
        receipt = await self._unit_of_work.run(lambda repositories: self._store(repositories, draft))
        if not receipt.repeated:
            await self._announce(receipt.message, draft.request_id)
        return receipt

    async def _announce(self, message: Message, request_id: str) -> None:
        if message.status is MessageStatus.VISIBLE:
            await self._bus.publish(RoomChanged(str(message.room), (message,), (request_id,)))
        else:
            await self._bus.publish(HeldChanged(message.author.session_id, message, request_id))
        await self._bus.publish(QueueChanged())

    def _store(self, repositories: Repositories, draft: Draft) -> Stored:
        assert isinstance(repositories, FakeRepositories)
        if repositories.sessions.has_ended(draft.session_id):
            raise SessionEnded
        if (known := self._repeated(repositories, draft)) is not None:
            return Stored(known, repeated=True)
        session = repositories.sessions.get(draft.session_id)
        if session is None:
            repositories.sessions.add(session := Session.start(draft.session_id, self._unit_of_work.clock()))
        user_id = None if draft.guest else session.user_id
        user = repositories.users.get(user_id) if user_id else None
        message = self._message(draft, user)
        if not draft.verdict.withdrawn and draft.written_as not in ("", message.author.label):
            raise WrittenAsAnother(draft.written_as)
        self._slow_down(repositories, message, user)
        if message.status is MessageStatus.VISIBLE:
            revision = repositories.rooms.next_revision(draft.room)
            message = replace(message, revision=revision, position=revision)
        elif message.status is MessageStatus.PENDING:
            self._unit_of_work.store.queue[message.id] = draft.verdict.reasons
        repositories.messages.save(message)
        action = WRITTEN[message.status]
        actor = actor_name(user, draft.session_id)
        repositories.audit.add(AuditEntry(draft.posted_at, actor, action, message.id, draft.request_id))
        return Stored(message, repeated=False)

    def _known(self, draft: Draft) -> Message | None:
        stored = self._unit_of_work.store.messages.values()
        wanted = draft.session_id, draft.client_id
        return next((m for m in stored if (m.author.session_id, m.client_id) == wanted), None)

    def _repeated(self, repositories: FakeRepositories, draft: Draft) -> Message | None:
        """The message that this draft has become already; raises where it may not become one."""
        room = repositories.rooms.get(draft.room)
        if room is None:
            raise NotFound("There is no room with that name.")
        known = self._known(draft)
        if room.archived and known is None:
            raise RoomArchived
        if known is None and not draft.verdict.withdrawn:
            self._refuse_muted(repositories, draft)
        if known is not None and (known.body, known.room) != (draft.body, draft.room):
            raise Conflict
        answered = self._unit_of_work.store.messages.get(draft.reply_to or "")
        if draft.reply_to and (answered is None or answered.room != draft.room or not answered.position):
            raise NotFound("The message you answer is not in this room.")
        return known

    def _refuse_muted(self, repositories: FakeRepositories, draft: Draft) -> None:
        session = repositories.sessions.get(draft.session_id)
        member = [member_key(session.user_id)] if session and session.user_id else []
        mute = repositories.mutes.holding([draft.session_id, *member], self._unit_of_work.clock())
        if mute is not None:
            raise Muted(mute.sentence())

    def _slow_down(self, repositories: FakeRepositories, message: Message, user: User | None) -> None:
        room = repositories.rooms.get(message.room)
        if room is None or message.status is MessageStatus.REMOVED or (user and user.is_moderator):
            return
        stored = self._unit_of_work.store.messages.values()
        own = (m for m in stored if (m.room, m.author.key) == (room.slug, message.author.key) and str(m.body))
        for earlier in own:
            left = room.slow_s - (message.posted_at - earlier.posted_at).total_seconds()
            if left > 0:
                raise SlowMode(room.slow_s, math.ceil(left))

    def _message(self, draft: Draft, user: User | None) -> Message:
        author = (
            Author(str(user.username), "", draft.session_id, user.id)
            if user
            else Author("demo", visitor_tag(draft.session_id), draft.session_id, None)
        )
        return Message(
            id=next(self._ids),
            room=draft.room,
            client_id=draft.client_id,
            author=author,
            body=draft.body,
            status=draft.verdict.status,
            posted_at=draft.posted_at,
            reply_to=draft.reply_to,
        )
