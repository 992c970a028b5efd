"""A visitor opens a room, or catches up with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.history import (
    PAGE_BYTES,
    around,
    existing,
    fitting,
    older_than,
    own_reactions,
    shown,
)
from portfolio_app.app.chat.rooms import ListedRoom, listed
from portfolio_app.app.ports.messages import END, Owner
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.ports.users import MOST_STAFF
from portfolio_app.domain.account.user import User
from portfolio_app.domain.chat.message import Message, is_message_id, member_key
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room, RoomSlug

WINDOW: Final = 60
CATCH_UP_LIMIT: Final = 500
"""Revisions behind; a tab further away reopens the room."""
PAGE: Final = 30
"""Messages of one answer to a tab that catches up."""
HELD: Final = 20
"""The caller's held messages in a window, the newest ones."""
WINDOW_BYTES: Final = 32_000
"""Bytes of the messages of a window, and as much again of held ones."""


@dataclass(frozen=True, slots=True)
class RoomWindow:
    """A room at one revision: its newest visible messages and the newest of the caller's own held ones.

    `held_before` counts the held ones that are older than those. All shown messages from position `low` on and before
    `high` are in it, 0 where there is nothing older, `END` where there is nothing newer. `at` is the message that it
    was opened at, `own` the reactions of the caller to those messages. `staff` are those whose names carry a mark.
    `reader` is the caller's key as an author: whose held messages they are.
    """

    room: Room
    messages: tuple[Message, ...]
    held: tuple[Message, ...]
    held_before: int = 0
    low: int = 0
    high: int = END
    at: str = ""
    own: Mapping[str, tuple[Sign, ...]] = field(default_factory=dict)
    staff: tuple[User, ...] = ()
    reader: str = ""


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Read the window of a room."""

    unit_of_work: UnitOfWork

    async def __call__(self, caller: Caller, slug: str, message: str = "") -> RoomWindow:
        """The newest messages, `WINDOW` and `WINDOW_BYTES` at most, or those around a `message`.

        `NotFound` for an unknown room, and for a message that it doesn't show.
        """
        room_slug = RoomSlug(slug)

        def read(repositories: Repositories) -> RoomWindow:
            return _window(repositories, caller, existing(repositories, room_slug), message)

        return await self.unit_of_work.read(read)


@dataclass(frozen=True, slots=True)
class EnterRoom:
    """Read in one transaction what a page with a room shows: its window, and the rooms there are."""

    unit_of_work: UnitOfWork

    async def __call__(
        self, caller: Caller, slug: str, message: str = ""
    ) -> tuple[RoomWindow, list[ListedRoom]]:
        """The window and the list, as `OpenRoom` and `ListRooms` read them, for a caller who enters the room."""
        room_slug = RoomSlug(slug)

        def read(repositories: Repositories) -> tuple[RoomWindow, list[ListedRoom]]:
            rooms = repositories.rooms.all()
            room = next((each for each in rooms if each.slug == room_slug), None)
            # Where there is none, the error says so.
            window = _window(repositories, caller, room or existing(repositories, room_slug), message)
            return window, listed(repositories, caller, rooms, slug)

        return await self.unit_of_work.read(read)


def _window(repositories: Repositories, caller: Caller, room: Room, message: str) -> RoomWindow:
    """The window of `room`, whose revision was read first: a message committed in between may come twice."""
    if message:
        page = around(repositories, room, shown(repositories, room, message).position)
    else:
        page = older_than(repositories, room, END, WINDOW, WINDOW_BYTES)
    owner = _owner(repositories, caller)
    held = repositories.messages.pending_of(owner, room.slug, HELD)
    own = fitting(held.newest[::-1], WINDOW_BYTES)[::-1]
    there, before = page.part, held.count - len(own)
    reactions = own_reactions(repositories, caller, page.messages)
    staff = tuple(repositories.users.staff(MOST_STAFF))
    reader = member_key(owner.user_id) if owner.user_id else owner.session_id
    return RoomWindow(
        room, page.messages, own, before, there.low, there.high, message, reactions, staff, reader
    )


def _owner(repositories: Repositories, caller: Caller) -> Owner:
    """Whose messages are the caller's own; of a session that has just ended its own alone."""
    session = repositories.sessions.get(caller.session_id) if caller.trusted else None
    return Owner(caller.session_id, session.user_id if session else None)


@dataclass(frozen=True, slots=True)
class RoomChanges:
    """The changes of a room up to revision `upto`: a message that changed twice is in it once.

    `revision` is the room's. Where `upto` is less, there is more to ask for after it.
    """

    revision: int
    upto: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Read what changed in a room after a revision the caller has."""

    unit_of_work: UnitOfWork

    async def __call__(self, slug: str, revision: int) -> RoomChanges | None:
        """The first changes, `PAGE` and `PAGE_BYTES` at most, or None when there are over `CATCH_UP_LIMIT`:
        reopen the room then."""
        room_slug = RoomSlug(slug)

        def read(repositories: Repositories) -> RoomChanges | None:
            room = existing(repositories, room_slug)
            if room.revision - revision > CATCH_UP_LIMIT:
                return None
            found = repositories.messages.changes_after(room_slug, revision, PAGE + 1)
            messages = fitting(found[:PAGE], PAGE_BYTES)
            # A message is found at its newest revision: all that were left out come after the last of the page.
            upto = messages[-1].revision if len(messages) < len(found) else room.revision
            return RoomChanges(room.revision, upto, messages)

        return await self.unit_of_work.read(read)


@dataclass(frozen=True, slots=True)
class FindRoom:
    """Look up a room by a name that a visitor gave, and a message in it."""

    unit_of_work: UnitOfWork
    _found: set[str] = field(default_factory=set)

    async def slug(self, name: str) -> str:
        """The name, if a room has it; each is looked up once, for none is ever deleted."""
        if name not in self._found:
            self._found.add(str((await self(name)).slug))
        return name

    async def __call__(self, slug: str, message: str = "") -> Room:
        """The room; `InvalidValue` for what is no name, `NotFound` for an unknown room or message."""
        room_slug = RoomSlug(slug)

        def find(repositories: Repositories) -> Room:
            room = existing(repositories, room_slug)
            if message:
                shown(repositories, room, message)
            return room

        return await self.unit_of_work.read(find)


@dataclass(frozen=True, slots=True)
class ReadQuotes:
    """Read the messages that others in a room answer."""

    unit_of_work: UnitOfWork

    async def __call__(self, slug: str, message_ids: Sequence[str]) -> list[Message]:
        """The messages that the room shows or has shown; `NotFound` for an unknown room."""
        room_slug, wanted = RoomSlug(slug), [each for each in message_ids if is_message_id(each)]

        def read(repositories: Repositories) -> list[Message]:
            room = existing(repositories, room_slug)
            found = repositories.messages.named(wanted)
            return [message for message in found if message.room == room.slug and message.position]

        return await self.unit_of_work.read(read)
