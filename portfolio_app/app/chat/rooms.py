"""The rooms there are: listed for everybody, changed by moderators and by the operator."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.history import existing
from portfolio_app.app.errors import NotAllowed, RoomExists, RoomTitleTaken
from portfolio_app.app.events import RoomsChanged
from portfolio_app.app.identity import reader_of, require_moderator
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import SITE_NAME
from portfolio_app.domain.chat.room import (
    ARTICLE_PREFIXES,
    SANDBOX_PREFIX,
    Room,
    RoomSlug,
    article_room_title,
    room_title,
    slow_mode,
)
from portfolio_app.domain.errors import InvalidValue

_log = logging.getLogger(__name__)
MOST_ROOMS: Final = 200
OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True)
class ListedRoom:
    """A room, and how many of its messages came after what the reader has seen there."""

    room: Room
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class ListRooms:
    """Read the rooms that are not archived, in their order."""

    unit_of_work: UnitOfWork

    async def __call__(self, caller: Caller, inside: str = "") -> list[ListedRoom]:
        """The list; the room that the caller is `inside` counts as seen."""
        return await self.unit_of_work.read(
            lambda repositories: listed(repositories, caller, repositories.rooms.all(), inside)
        )


def listed(
    repositories: Repositories, caller: Caller, every_room: Sequence[Room], inside: str
) -> list[ListedRoom]:
    """The rooms that are listed; the one that the caller is `inside` counts as seen."""
    rooms = [room for room in every_room if room.is_listed]
    if len(rooms) == 1:
        return [ListedRoom(rooms[0])]
    reader = _reader(repositories, caller)
    for room in rooms:
        if str(room.slug) == inside and reader:
            repositories.rooms.see(reader, room.slug, room.revision)
    unseen = repositories.rooms.unseen(reader, [room.slug for room in rooms]) if reader else {}
    return [ListedRoom(room, unseen.get(str(room.slug), 0)) for room in rooms]


def _reader(repositories: Repositories, caller: Caller) -> str:
    """The key under which it is recorded what a visitor has seen: a member's in every session, else the session's.

    Empty for a guest who never posted: who only looks around leaves nothing in the database.
    """
    reader = reader_of(repositories, caller)
    is_known = reader != caller.session_id or repositories.sessions.get(caller.session_id)
    return reader if is_known else ""


class RoomChange(StrEnum):
    """The ways to change a room; `value` beside one is the title, or nothing."""

    MAKE = "make"
    RENAME = "rename"
    RAISE = "raise"
    """One place up in the list."""
    ARCHIVE = "archive"
    REOPEN = "reopen"
    SLOW = "slow"
    """Slow mode, whose line has the seconds between two posts of one author instead of a title."""


_ACTIONS: Final = {
    RoomChange.MAKE: Action.ROOM_MADE,
    RoomChange.RENAME: Action.ROOM_RENAMED,
    RoomChange.RAISE: Action.ROOM_MOVED,
    RoomChange.ARCHIVE: Action.ROOM_ARCHIVED,
    RoomChange.REOPEN: Action.ROOM_REOPENED,
    RoomChange.SLOW: Action.ROOM_SLOWED,
}


@dataclass(frozen=True, slots=True)
class ManageRooms:
    """Change a room, on record; every tab then reads the list again."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def all(self, caller: Caller) -> list[Room]:
        """Every room, archived ones too, those of articles last; `NotAllowed` for anyone but a moderator."""

        def read(repositories: Repositories) -> list[Room]:
            require_moderator(repositories, caller)
            rooms = repositories.rooms.all()
            return [*_of_visitors(rooms), *(room for room in rooms if room.is_of_article)]

        return await self.unit_of_work.run(read)

    async def __call__(self, caller: Caller | None, change: RoomChange, slug: str, title: str = "") -> None:
        """Change it; None is the operator. Raises `NotAllowed`, `NotFound`, `RoomExists`, `RoomTitleTaken`
        and `InvalidValue`."""

        def work(repositories: Repositories) -> None:
            moderator = require_moderator(repositories, caller) if caller else None
            _apply(repositories, change, RoomSlug(slug), title)
            actor = str(moderator.username) if moderator else OPERATOR
            request_id = caller.request_id if caller else ""
            detail = title.strip() if change is RoomChange.SLOW else ""
            entry = AuditEntry(self.clock(), actor, _ACTIONS[change], slug, request_id, detail)
            repositories.audit.add(entry)

        await self.unit_of_work.run(work)
        await self.bus.publish(RoomsChanged())


def _apply(repositories: Repositories, change: RoomChange, slug: RoomSlug, title: str) -> None:
    repositories.rooms.hold()
    rooms = _of_visitors(repositories.rooms.all())
    if change is RoomChange.MAKE:
        _make(repositories, rooms, slug, title)
        return
    room = existing(repositories, slug)
    if room.is_of_article and change in (RoomChange.RENAME, RoomChange.RAISE):
        raise NotAllowed("This room is called as its article, and stands under it.")
    match change:
        case RoomChange.RENAME:
            _save(repositories, rooms, replace(room, title=room_title(title)))
        case RoomChange.SLOW:
            repositories.rooms.save(replace(room, slow_s=slow_mode(title)))
        case RoomChange.RAISE:
            _raise(repositories, rooms, room)
        case RoomChange.ARCHIVE | RoomChange.REOPEN:
            _save(repositories, rooms, replace(room, archived=change is RoomChange.ARCHIVE))


def _save(repositories: Repositories, rooms: Sequence[Room], room: Room) -> None:
    _check_title(rooms, room)
    repositories.rooms.save(room)


def _check_title(rooms: Sequence[Room], room: Room) -> None:
    """No two open rooms have one title; an archived one may have that of another until it is opened again."""
    others = (each for each in rooms if each.slug != room.slug and not each.archived)
    if not room.archived and not room.is_of_article and any(each.is_called(room.title) for each in others):
        raise RoomTitleTaken


def _make(repositories: Repositories, rooms: Sequence[Room], slug: RoomSlug, title: str) -> None:
    taken = next(filter(str(slug).startswith, (SANDBOX_PREFIX, *ARTICLE_PREFIXES)), None)
    if taken:
        raise InvalidValue("slug", f"Names that begin with {taken} are taken.")
    if len(rooms) >= MOST_ROOMS:
        raise NotAllowed(f"There are {MOST_ROOMS} rooms already.")
    last = max((room.place for room in rooms), default=0)
    room = Room(slug, room_title(title), place=last + 1)
    _check_title(rooms, room)
    repositories.rooms.add(room)


def _raise(repositories: Repositories, rooms: Sequence[Room], room: Room) -> None:
    order = list(rooms)
    at = next(index for index, each in enumerate(order) if each.slug == room.slug)
    order.insert(max(0, at - 1), order.pop(at))
    for place, each in enumerate(order):
        if each.place != place:
            repositories.rooms.save(replace(each, place=place))


def _of_visitors(rooms: Sequence[Room]) -> list[Room]:
    return [room for room in rooms if not (room.is_of_article or str(room.slug).startswith(SANDBOX_PREFIX))]


@dataclass(frozen=True, slots=True)
class KeepArticleRooms:
    """Give each article that is to be discussed its room, and archive those of the others, on record.

    A room that is archived stays so, whoever archived it: a moderator or the operator opens it again.
    """

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock

    async def __call__(self, titles: Mapping[str, str]) -> None:
        """`titles` are those of the articles by the names of their rooms. Workers may do it at once."""
        try:
            changed, shut = await self.unit_of_work.run(lambda repositories: self._keep(repositories, titles))
        except RoomExists:  # another worker was first, with the same articles
            return
        for slug in shut:
            _log.warning("the room %s of an article is archived; `room reopen %s` opens it", slug, slug)
        if changed:
            await self.bus.publish(RoomsChanged())

    def _keep(self, repositories: Repositories, titles: Mapping[str, str]) -> tuple[int, list[str]]:
        found = {str(room.slug): room for room in repositories.rooms.all() if room.is_of_article}
        wanted = {slug: article_room_title(title) for slug, title in titles.items()}
        for slug in wanted.keys() - found.keys():
            repositories.rooms.add(Room(RoomSlug(slug), wanted[slug]))
            self._record(repositories, Action.ROOM_MADE, slug)
        renamed = [room for slug, room in found.items() if slug in wanted and room.title != wanted[slug]]
        for room in renamed:
            repositories.rooms.save(replace(room, title=wanted[str(room.slug)]))
            self._record(repositories, Action.ROOM_RENAMED, str(room.slug))
        unwanted = [room for slug, room in found.items() if slug not in wanted and not room.archived]
        for room in unwanted:
            repositories.rooms.save(replace(room, archived=True))
            self._record(repositories, Action.ROOM_ARCHIVED, str(room.slug))
        changed = len(wanted.keys() - found.keys()) + len(renamed) + len(unwanted)
        return changed, [slug for slug, room in found.items() if slug in wanted and room.archived]

    def _record(self, repositories: Repositories, action: Action, slug: str) -> None:
        repositories.audit.add(AuditEntry(self.clock(), str(SITE_NAME), action, slug, ""))
