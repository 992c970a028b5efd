"""A moderator keeps an author from writing, for a time or for good, and lets them write again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.history import PAGE_BYTES, fitting
from portfolio_app.app.errors import NotAllowed, NotFound
from portfolio_app.app.events import AuthorMuted, QueueChanged, RoomChanged
from portfolio_app.app.identity import require_moderator
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Author, Message
from portfolio_app.domain.chat.mute import Mute, MuteLength
from portfolio_app.domain.errors import AlreadyDecided

AT_ONCE: Final = 100
"""Messages that one transaction hides or shows: for so long others wait for the room."""
MOST_TURNS: Final = 50

Turn = Callable[[Repositories], Sequence[Message] | None]
"""Changes some messages and returns them, or None where none is left."""


@dataclass(frozen=True, slots=True)
class Banned:
    """A ban, and how many messages it hid."""

    mute: Mute
    hidden: int


@dataclass(frozen=True, slots=True)
class MuteAuthors:
    """Store or delete the mute, on record; a ban hides the author's messages, and its end shows them again.

    Messages go `AT_ONCE` to a transaction, each change with a revision of its room, until none is left.
    """

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def mute(self, caller: Caller, message_id: str, length: MuteLength) -> Mute:
        """Mute the message's author; raises `NotAllowed`, `NotFound` and `AlreadyDecided`."""
        return await self._mute(caller, message_id, length)

    async def ban(self, caller: Caller, message_id: str) -> Banned:
        """Mute the message's author for good and hide what rooms show of them; raises as `mute` does."""
        mute = await self._mute(caller, message_id, None)
        author = await self._author_of(message_id)
        return Banned(mute, await self._in_turns(caller, lambda r: _hide(r, author)))

    async def lift(self, caller: Caller, handle: str) -> Mute:
        """Let the author write again, and show what their ban hid; raises `NotAllowed` and `NotFound`."""

        def lift(repositories: Repositories) -> Mute:
            moderator = require_moderator(repositories, caller)
            mute = repositories.mutes.by_handle(handle)
            if mute is None:
                raise NotFound("Nobody is muted by that name any more.")
            repositories.mutes.lift(mute.author)
            entry = AuditEntry(
                self.clock(), str(moderator.username), Action.UNMUTED, mute.label, caller.request_id
            )
            repositories.audit.add(entry)
            return mute

        mute = await self.unit_of_work.run(lift)
        await self.bus.publish(AuthorMuted(mute.author))
        await self._in_turns(caller, lambda r: _show(r, mute.author))
        return mute

    async def _mute(self, caller: Caller, message_id: str, length: MuteLength | None) -> Mute:
        def mute(repositories: Repositories) -> Mute:
            moderator = require_moderator(repositories, caller)
            author = _author(repositories, message_id)
            now = self.clock()
            _check(repositories, author, repositories.mutes.holding([author.key], now))
            until = now + length.duration if length else None
            made = Mute(author.key, author.label, str(moderator.username), now, until)
            repositories.mutes.put(made)
            action, detail = (Action.MUTED, str(length)) if length else (Action.BANNED, "")
            entry = AuditEntry(now, made.moderator, action, made.label, caller.request_id, detail)
            repositories.audit.add(entry)
            return made

        made = await self.unit_of_work.run(mute)
        await self.bus.publish(AuthorMuted(made.author), QueueChanged())
        return made

    async def _author_of(self, message_id: str) -> Author:
        return await self.unit_of_work.run(lambda repositories: _author(repositories, message_id))

    async def _in_turns(self, caller: Caller, work: Turn) -> int:
        # Until a turn finds nothing: what was being posted when the mute was stored is there by the next one.
        total = 0
        for _ in range(MOST_TURNS):
            changed = await self.unit_of_work.run(work)
            if changed is None:
                break
            total += len(changed)
            await self.bus.publish(*_announcements(changed, caller.request_id))
        await self.bus.publish(QueueChanged())
        return total


def _author(repositories: Repositories, message_id: str) -> Author:
    message = repositories.messages.lock(message_id)
    if message is None:
        raise NotFound("That message does not exist.")
    return message.author


def _check(repositories: Repositories, author: Author, held: Mute | None) -> None:
    user = repositories.users.get(author.user_id) if author.user_id else None
    if user is not None and user.is_moderator:
        raise NotAllowed("A moderator can't be muted.")
    if held is not None and held.is_ban:
        raise AlreadyDecided(f"{held.moderator} has banned {held.label} already.")


def _hide(repositories: Repositories, author: Author) -> Sequence[Message] | None:
    found = repositories.messages.shown_of(author, AT_ONCE)
    if not found:
        return None
    hidden = [
        before.remove(revision).keeping_place(answered=repositories.messages.is_answered(before.id))
        for before, revision in _numbered(repositories, found)
    ]
    repositories.messages.save_all(hidden)
    repositories.mutes.hide(author.key, [message.id for message in hidden])
    return hidden


def _show(repositories: Repositories, author: str) -> Sequence[Message] | None:
    ids = repositories.mutes.hidden(author, AT_ONCE)
    if not ids:
        return None
    # One that a moderator has put back meanwhile, or that is gone, is not among them.
    found = repositories.messages.removed_among(ids)
    shown = [before.restore(revision) for before, revision in _numbered(repositories, found)]
    repositories.messages.save_all(shown)
    repositories.mutes.unhide(ids)
    return shown


def _by_room(messages: Iterable[Message]) -> Iterator[tuple[str, list[Message]]]:
    in_order = sorted(messages, key=lambda message: (str(message.room), message.position))
    return ((room, list(own)) for room, own in groupby(in_order, key=lambda message: str(message.room)))


def _numbered(repositories: Repositories, messages: Iterable[Message]) -> Iterator[tuple[Message, int]]:
    """Each message with the next revision of its room; rooms in one order, so that two writers never wait in a ring."""
    for _, own in _by_room(messages):
        last = repositories.rooms.next_revision(own[0].room, len(own))
        yield from zip(own, range(last - len(own) + 1, last + 1), strict=True)


def _announcements(messages: Sequence[Message], request_id: str) -> Iterator[RoomChanged]:
    """The changes of each room, in frames of no more than a page's size."""
    for room, own in _by_room(messages):
        left = sorted(own, key=lambda message: message.revision)
        while left:
            some = fitting(left, PAGE_BYTES)
            yield RoomChanged(room, tuple(some), (request_id,) * len(some))
            left = left[len(some) :]
