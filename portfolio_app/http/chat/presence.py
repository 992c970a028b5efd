"""The presence of a room, its visitors and those who type: pushed to its tabs as a whole, at most once a second."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Final

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.presence import Here, NameVisitors, Presence
from portfolio_app.app.errors import Unavailable
from portfolio_app.app.events import (
    AccountNews,
    AuthorMuted,
    Event,
    EventsMissed,
    PresenceChanged,
    RoomChanged,
    RoomPresence,
    SessionRevoked,
)
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.http.kit.kinds import Handler, Rows, Text
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.push import Push, room_topic
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.words import t

_log = logging.getLogger(__name__)
EVERY_S: Final = 1.0
"""Seconds between two frames of a room, and between two reports of this worker to the others."""
TABS_A_SECOND: Final = 1_000
"""Tabs that get a frame in one second: in a room with more, frames are as many seconds apart as this goes into them."""
SAY_EVERY_S: Final = 3.0
"""A worker says again what has not changed: a third of `EXPIRES_S`."""
MOST_SHOWN: Final = 5
"""Members that are named; more are counted."""


def here_words(here: Here) -> str:
    """The readers in words, such as "Ada, Ben and 3 guests"; empty for none."""
    shown, beyond = here.members[:MOST_SHOWN], len(here.members) - MOST_SHOWN
    counted = (
        _counted(beyond, t("1 other"), t("{n} others")),
        _counted(here.guests, t("1 guest"), t("{n} guests")),
    )
    parts = [*shown, *(words for words in counted if words)]
    return f" {t('and')} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _counted(number: int, one: str, several: str) -> str:
    return "" if number <= 0 else one if number == 1 else several.format(n=number)


class PresenceState(rx.State):
    """Channels of the readers in words, and of the names of those who write: vars that the server never changes."""

    here: rx.Field[str] = rx.field("")
    typing: rx.Field[list[str]] = rx.field(default_factory=list)

    @action("chat.write", live=False, refused=ignore, rate=Rates.TYPING_SESSION)
    async def write(self) -> None:
        """Show the others that this tab's visitor writes."""
        part(PresencePublisher).typed(self.router.session.session_id)

    @action("chat.leave", live=False, refused=ignore)
    async def leave(self) -> None:
        """Show the others that this tab shows no room any more, and record what it has shown as seen.

        A page with another room enters that one afterwards. The address is still that of the page that is left.
        """
        sid = self.router.session.session_id
        left = part(PresencePublisher).room_of(sid)
        part(PresencePublisher).leave(sid)
        if left:
            await services().list_rooms(caller_of(self), left)


class PresencePublisher:
    """Knows the rooms that tabs of this worker show, pushes who is in them, and publishes its part to other workers."""

    def __init__(
        self,
        push: Push,
        bus: Bus,
        name_visitors: NameVisitors,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._push = push
        self._bus = bus
        self._name_visitors = name_visitors
        self._clock = clock
        self._presence = Presence(secrets.token_hex(8), clock)
        self._published: tuple[float, tuple[RoomPresence, ...]] = (0.0, ())
        self._shown: dict[str, tuple[float, Here]] = {}
        self._entered: set[str] = set()

    def enter(self, sid: str, room: str, caller: Caller) -> None:
        """The tab `sid` shows a room from now on."""
        self._presence.enter(sid, room, caller)
        self._entered.add(room)

    def room_of(self, sid: str) -> str:
        """The room that the tab shows, empty for none."""
        return self._presence.room_of(sid)

    def leave(self, sid: str) -> None:
        """The tab shows a page without a room."""
        self._presence.leave(sid)

    def typed(self, sid: str) -> None:
        """The visitor of the tab `sid` writes."""
        self._presence.typed(sid)

    async def on_event(self, event: Event) -> None:
        """Bus subscriber: what other workers publish, and what takes somebody out of sight."""
        match event:
            case PresenceChanged():
                self._presence.hear(event)
            case SessionRevoked(session_id):
                self._presence.end(session_id)
            case AccountNews(session_ids, username=name) if name:
                self._presence.renamed(session_ids)
            case AuthorMuted(author):
                self._presence.muted(author)
            case EventsMissed():
                self._presence.check_all()
            case RoomChanged(room, messages):
                for author in {each.author.key for each in messages if each.revision == each.position}:
                    self._presence.posted(room, author)

    async def run(self) -> None:
        """Publish and push once a second, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.publish()
            except Exception:  # it would be the last time
                _log.exception("presence could not be published")

    async def publish(self) -> None:
        """Tell other workers and tabs what has changed since the last time."""
        self._presence.keep(lambda sid, room: self._push.listens(sid, room_topic(room)))
        await self._read_names()
        own = self._presence.own()
        await self._publish(own)
        await self._show({room.room: room for room in own})

    async def stop(self) -> None:
        """Let the other workers know at once that nobody is here."""
        if self._published[1]:
            await self._bus.publish(PresenceChanged(self._presence.worker, ()))

    async def _read_names(self) -> None:
        unnamed = self._presence.unnamed()
        if unnamed:
            try:
                found = await self._name_visitors([caller for _, caller in unnamed])
            except Unavailable:
                return
            self._presence.name(unnamed, found)

    async def _publish(self, own: tuple[RoomPresence, ...]) -> None:
        at, before = self._published
        now = self._clock()
        if own != before or (own and now - at >= SAY_EVERY_S):
            self._published = now, own
            await self._bus.publish(PresenceChanged(self._presence.worker, own))

    async def _show(self, own: dict[str, RoomPresence]) -> None:
        now, rooms = self._clock(), self._presence.rooms()
        before, self._shown = self._shown, {}
        self._entered &= rooms.keys()
        for room, tabs in rooms.items():
            at, shown = before.get(room, (0.0, None))
            here = self._presence.here(room, own.get(room))
            is_due = room in self._entered or here != shown
            if is_due and now - at >= tabs / TABS_A_SECOND:
                self._entered.discard(room)
                await self._push.send(
                    room_topic(room), PresenceState, here=here_words(here), typing=list(here.typing)
                )
                at, shown = now, here
            if shown is not None:
                self._shown[room] = at, shown


def here_line(here: Text, *, on_leave: Handler = None) -> rx.Component:
    """The line of the room's readers; `on_leave` is called when it goes with its page.

    It has its place before anybody is known: what is below must not move.
    """
    return rx.el.p(
        f"{t('Here now:')} ",
        rx.el.span(rx.cond(here, here, "…")),
        class_name="room-here",
        on_unmount=on_leave,
        data_testid="presence",
    )


def typing_line(typing: Rows, me: Text) -> rx.Component:
    """The line of those who write. No live region: a screen reader would say it between messages, again and again."""
    others = typing.length() - rx.cond(typing.contains(me), 1, 0)
    names = rx.foreach(typing, lambda name: rx.cond(name != me, rx.el.span(name)))
    return rx.el.p(
        rx.cond(others > 0, rx.fragment(f"{t('Typing:')} ", names)),
        class_name="room-typing",
        data_testid="typing",
    )
