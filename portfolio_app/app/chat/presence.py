"""Presence: who has a room open and who writes there, in the memory of the workers, stored nowhere."""

import math
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.events import PresenceChanged, RoomPresence
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.session import Session, visitor_tag
from portfolio_app.domain.chat.message import Author, member_key
from portfolio_app.domain.chat.mute import Mute

AT_ONCE: Final = 500
"""Visitors whose names are read together."""
MOST_NAMED: Final = 300
"""People of one room that a worker names to the others; the rest are counted."""
MOST_TYPING: Final = 4
"""Names of those who write that a room shows."""
TYPING_S: Final = 6.0
"""Seconds for which a visitor counts as typing after a signal."""
EXPIRES_S: Final = 10.0
"""Seconds for which another worker's report counts: a worker that died publishes nothing more."""
OTHERS: Final = "and others"
_GUEST_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor as rooms name them; `keys` are those that a mute of theirs may have, `muted_s` what is left of one."""

    author: Author
    keys: frozenset[str]
    muted_s: float = 0.0


@dataclass(frozen=True, slots=True)
class NameVisitors:
    """Read who is behind some sessions, and who of them is muted: two statements for all, two more for each member."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, callers: Sequence[Caller]) -> list[Visitor | None]:
        """One for each caller, in their order; None for one whose session has ended."""
        return await self.unit_of_work.run(lambda repositories: self._named(repositories, callers))

    def _named(self, repositories: Repositories, callers: Sequence[Caller]) -> list[Visitor | None]:
        ids = sorted({caller.session_id for caller in callers})
        ended, live = repositories.sessions.ended_of(ids), repositories.sessions.live_of(ids)
        return [
            None
            if caller.session_id in ended
            else self._visitor(repositories, caller, live.get(caller.session_id))
            for caller in callers
        ]

    def _visitor(self, repositories: Repositories, caller: Caller, session: Session | None) -> Visitor | None:
        guest = Author("demo", visitor_tag(caller.session_id), caller.session_id, None)
        if session is None:  # nothing of theirs is stored, and nobody mutes who has not written
            return Visitor(guest, frozenset({guest.key}))
        user = repositories.users.get(session.user_id) if session.user_id else None
        if user is not None and user.disabled:
            return None
        keys = frozenset({caller.session_id, *([member_key(user.id)] if user else [])})
        named = user if caller.trusted else None
        author = Author(str(named.username), "", caller.session_id, named.id) if named else guest
        now = self.clock()
        return Visitor(author, keys, _seconds_left(repositories.mutes.holding(sorted(keys), now), now))


def _seconds_left(mute: Mute | None, now: datetime) -> float:
    if mute is None:
        return 0.0
    return math.inf if mute.until is None else (mute.until - now).total_seconds()


@dataclass(frozen=True, slots=True)
class Here:
    """The readers of a room: members by name, guests counted; `typing` are labels of those who write."""

    members: tuple[str, ...] = ()
    guests: int = 0
    typing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tab:
    room: str
    caller: Caller
    visitor: Visitor | None = None
    is_asked: bool = False
    """Whether its name has been read, and nothing has become of it since."""
    shown_from: float = 0.0
    """The time until which its visitor is muted."""
    typing_until: float = 0.0


@dataclass(slots=True)
class _Worker:
    rooms: dict[str, RoomPresence]
    until: float


@dataclass(slots=True)
class Presence:
    """The open tabs of this worker, and what the others published of theirs. Used on the event loop only."""

    worker: str
    clock: Callable[[], float] = time.monotonic
    _tabs: dict[str, _Tab] = field(default_factory=dict)
    _others: dict[str, _Worker] = field(default_factory=dict)

    def enter(self, tab: str, room: str, caller: Caller) -> None:
        """A tab shows a room, and no other any more."""
        # It is its visitor's for as long as it is connected: the name stays.
        known = self._tabs.setdefault(tab, _Tab(room, caller))
        known.room, known.typing_until = room, 0.0

    def room_of(self, tab: str) -> str:
        """The room that the tab shows, empty for none."""
        return self._tabs[tab].room if tab in self._tabs else ""

    def leave(self, tab: str) -> None:
        """The tab shows no room any more."""
        self._tabs.pop(tab, None)

    def keep(self, is_open: Callable[[str, str], bool]) -> None:
        """Forget the tabs that are closed; `is_open` is asked with tab and room."""
        self._tabs = {tab: each for tab, each in self._tabs.items() if is_open(tab, each.room)}

    def end(self, session_id: str) -> None:
        """Forget the tabs of a session."""
        self._tabs = {tab: each for tab, each in self._tabs.items() if each.caller.session_id != session_id}

    def typed(self, tab: str) -> None:
        """The visitor of a tab writes."""
        if tab in self._tabs:
            self._tabs[tab].typing_until = self.clock() + TYPING_S

    def posted(self, room: str, author: str) -> None:
        """The author with this key has sent what they wrote."""
        for tab in self._tabs.values():
            if tab.room == room and tab.visitor is not None and tab.visitor.author.key == author:
                tab.typing_until = 0.0

    def unnamed(self) -> list[tuple[str, Caller]]:
        """Tabs whose visitors' names have to be read, `AT_ONCE` at most."""
        waiting = [(tab, each.caller) for tab, each in self._tabs.items() if not each.is_asked]
        return waiting[:AT_ONCE]

    def name(self, asked: Iterable[tuple[str, Caller]], found: Iterable[Visitor | None]) -> None:
        """Take what was read, unless the tab shows somebody else's by now."""
        for (tab, caller), visitor in zip(asked, found, strict=True):
            if (each := self._tabs.get(tab)) is not None and each.caller == caller:
                each.visitor, each.is_asked = visitor, True
                each.shown_from = self.clock() + visitor.muted_s if visitor and visitor.muted_s else 0.0

    def muted(self, author: str) -> None:
        """Hide this author until the mute, which has changed, was read again."""
        for tab in self._tabs.values():
            if tab.visitor is not None and author in tab.visitor.keys:
                tab.visitor, tab.is_asked = None, False

    def renamed(self, session_ids: Collection[str]) -> None:
        """Have the names of these sessions read again; until then they are shown as before."""
        for tab in self._tabs.values():
            tab.is_asked &= tab.caller.session_id not in session_ids

    def check_all(self) -> None:
        """Have all names read again; until then everybody is shown as before."""
        for tab in self._tabs.values():
            tab.is_asked = False

    def rooms(self) -> Counter[str]:
        """How many tabs of this worker show each room."""
        return Counter(tab.room for tab in self._tabs.values())

    def own(self) -> tuple[RoomPresence, ...]:
        """The rooms of this worker, for the others."""
        by_room: dict[str, list[_Tab]] = {}
        for tab in self._shown():
            by_room.setdefault(tab.room, []).append(tab)
        return tuple(self._room(room, tabs) for room, tabs in sorted(by_room.items()))

    def hear(self, event: PresenceChanged) -> None:
        """Another worker's rooms, in the place of what it published before."""
        if event.worker == self.worker:
            return
        self._others.pop(event.worker, None)
        if event.rooms:
            rooms = {room.room: room for room in event.rooms}
            self._others[event.worker] = _Worker(rooms, self.clock() + EXPIRES_S)

    def here(self, room: str, own: RoomPresence | None) -> Here:
        """The readers of a room on all workers, each once, `own` being this worker's part."""
        now = self.clock()
        self._others = {name: each for name, each in self._others.items() if now < each.until}
        parts = [own, *(each.rooms.get(room) for each in self._others.values())]
        there = [part for part in parts if part is not None]
        members = {name for part in there for name in part.members}
        guests = {guest for part in there for guest in part.guests}
        typing = _some({label for part in there for label in part.typing})
        return Here(
            tuple(sorted(members, key=str.casefold)), len(guests) + sum(part.more for part in there), typing
        )

    def _shown(self) -> Iterator[_Tab]:
        now = self.clock()
        return (tab for tab in self._tabs.values() if tab.visitor is not None and tab.shown_from <= now)

    def _room(self, room: str, tabs: Sequence[_Tab]) -> RoomPresence:
        authors = {tab.visitor.author.key: tab.visitor.author for tab in tabs if tab.visitor is not None}
        members = sorted(author.name for author in authors.values() if author.user_id is not None)
        guests = sorted(
            author.session_id[:_GUEST_DIGITS] for author in authors.values() if author.user_id is None
        )
        named = members[:MOST_NAMED]
        counted = guests[: MOST_NAMED - len(named)]
        now = self.clock()
        typing = {
            tab.visitor.author.label for tab in tabs if tab.visitor is not None and now < tab.typing_until
        }
        more = len(authors) - len(named) - len(counted)
        return RoomPresence(room, tuple(named), tuple(counted), more, _some(typing))


def _some(labels: set[str]) -> tuple[str, ...]:
    """The first `MOST_TYPING`, and a word for those beyond."""
    names = sorted(labels - {OTHERS}, key=str.casefold)
    beyond = (OTHERS,) if OTHERS in labels or len(names) > MOST_TYPING else ()
    return (*names[:MOST_TYPING], *beyond)
