"""A visitor opens a room, or catches up with it."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import Room, RoomSlug

WINDOW: Final = 60
CATCH_UP_LIMIT: Final = 500


@dataclass(frozen=True, slots=True)
class RoomWindow:
    """A room at one revision: its newest visible messages and the caller's own held ones."""

    room: Room
    messages: tuple[Message, ...]
    held: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Read the window of a room."""

    unit_of_work: UnitOfWork

    async def __call__(self, caller: Caller, slug: str) -> RoomWindow:
        """The newest `WINDOW` messages; `NotFound` for an unknown room."""
        room_slug = RoomSlug(slug)

        def read(repositories: Repositories) -> RoomWindow:
            # The revision is read first: a message committed in between may come twice, but it comes.
            room = _existing(repositories, room_slug)
            messages = repositories.messages.window(room_slug, WINDOW)
            held = repositories.messages.pending_of(caller.session_id, room_slug)
            return RoomWindow(room, tuple(messages), tuple(held))

        return await self.unit_of_work.run(read)


@dataclass(frozen=True, slots=True)
class RoomChanges:
    """All that changed in a room up to `revision`: a message that changed twice is in it once."""

    revision: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Read what changed in a room after a revision the caller has."""

    unit_of_work: UnitOfWork

    async def __call__(self, slug: str, revision: int) -> RoomChanges | None:
        """The changes, or None when there are over `CATCH_UP_LIMIT`: reopen the room then."""
        room_slug = RoomSlug(slug)

        def read(repositories: Repositories) -> RoomChanges | None:
            room = _existing(repositories, room_slug)
            if room.revision - revision > CATCH_UP_LIMIT:
                return None
            messages = repositories.messages.changes_after(room_slug, revision, CATCH_UP_LIMIT)
            return RoomChanges(room.revision, tuple(messages))

        return await self.unit_of_work.run(read)


def _existing(repositories: Repositories, slug: RoomSlug) -> Room:
    room = repositories.rooms.get(slug)
    if room is None:
        raise NotFound("There is no room with that name.")
    return room
