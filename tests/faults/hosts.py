"""Two hosts of one site, what happens at the one, and what the other shows of it."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import redis

from tests.faults.crowd import until
from tests.faults.line import Line
from tests.servers import RedisServer
from tests.site import Site
from tests.socket.client import Tab, open_tab
from tests.socket.room import RoomView, post
from tests.socket.terminal import Terminal, follow
from tests.socket.test_moderation import decide
from tests.socket.visitor import Visitor

RIGHT_WITHIN_S = 60
POSTED_IN, REMOVED_IN, HELD_IN = "/chat", "/chat/annex", "/chat/cellar"

NO_ROOMS = ("/chat/No Room", "/chat/lobby:", f"/chat/lobby:{'0' * 32}", "/chat/" + 9 * "lobby:")
"""Names that a resync must not stumble over."""


@dataclass
class Hosts:
    """Two hosts of one site. `far` reaches Redis over `line`, `near` without it."""

    near: Site
    far: Site
    line: Line
    redis: RedisServer

    def command(self, *words: object) -> None:
        """Send Redis a command."""
        with redis.Redis.from_url(self.redis.url) as client:
            client.execute_command(*words)


@dataclass
class Watched:
    """One tab at the far host, as its page would show it."""

    tab: Tab
    view: RoomView = field(default_factory=RoomView)


@asynccontextmanager
async def watching(site: Site, path: str, visitor: Visitor) -> AsyncIterator[Watched]:
    async with Visitor(site) as guest:
        guest.cookie = visitor.anywhere
        async with guest.tab() as tab:
            watched = Watched(tab)
            tab.watch = watched.view.take
            await tab.boot(path)
            await tab.until(lambda: tab.value("chat_state", "window"))
            repairing = asyncio.create_task(watched.view.repair(tab, path))
            yield watched
            repairing.cancel()


class Scene:
    """Tabs and a terminal at the far host, and what happens at the near one."""

    def __init__(self, hosts: Hosts) -> None:
        self.hosts = hosts
        self.posted = f"posted {secrets.token_hex(4)}"
        self.removed = f"removed {secrets.token_hex(4)}"
        self.held = f"held https://example.org/{secrets.token_hex(4)}"
        self.held_late = f"held too https://example.org/{secrets.token_hex(4)}"
        self.member: Visitor
        self.name: str
        self.rooms: dict[str, Watched] = {}
        self.terminal: Terminal
        self.account: Tab
        self._author: Visitor
        self._tabs: dict[str, Tab] = {}
        self._ids: dict[str, str] = {}

    async def prepare(self, stack: AsyncExitStack) -> None:
        """Everything that has to be there beforehand, made at the near host."""
        enter = stack.enter_async_context
        self._author, moderator, self.member = [await enter(Visitor(self.hosts.near)) for _ in range(3)]
        self.hosts.near.promote(await moderator.register())
        self.name = await self.member.register()
        for path in (POSTED_IN, REMOVED_IN, HELD_IN):
            self._tabs[path] = await enter(self._author.tab())
            await self._tabs[path].boot(path)
        await post(self._tabs[REMOVED_IN], self.removed, REMOVED_IN)
        await post(self._tabs[HELD_IN], self.held, HELD_IN)
        self._tabs["moderation"] = await enter(moderator.tab())
        await self._tabs["moderation"].boot("/moderation")

    async def watch(self, stack: AsyncExitStack) -> None:
        """Open what the far host has to keep right."""
        enter, far = stack.enter_async_context, self.hosts.far
        for path in (POSTED_IN, REMOVED_IN, HELD_IN):
            self.rooms[path] = await enter(watching(far, path, self._author))
        self.account = (await enter(watching(far, POSTED_IN, self.member))).tab
        for path in NO_ROOMS:
            await (await enter(open_tab(far.url, cookie=self._author.anywhere))).boot(path)
        self.terminal = await enter(follow(far, {"cookie": self.member.anywhere}))
        assert self.shows(REMOVED_IN, self.removed) == "visible"
        assert self.shows(HELD_IN, self.held) == "pending"

    async def happen(self) -> None:
        """One post, removals of a visible and of a held message, a message held back, and the end of a session."""
        await post(self._tabs[POSTED_IN], self.posted)
        await post(self._tabs[HELD_IN], self.held_late, HELD_IN)
        for path, body in ((REMOVED_IN, self.removed), (HELD_IN, self.held)):
            assert self.shows(path, body)
            await decide(self._tabs["moderation"], "remove", self._ids[body])
        ticket = await self.member.sign_in(self.name)
        assert (await self.member.exchange(ticket)).headers["location"] == "/"

    def shows(self, path: str, body: str) -> str | None:
        """The status of a message in the far host's tab; None if it is not there."""
        rows = self.rooms[path].view.rows
        # A removed message has no text any more.
        known = self._ids.get(body) or next((row["id"] for row in rows.values() if row["body"] == body), "")
        self._ids[body] = known
        return rows[known].get("status", "visible") if known else None

    def seen(self) -> dict[str, object]:
        """What the far host shows."""
        return {
            "post": self.shows(POSTED_IN, self.posted),
            "removal": self.shows(REMOVED_IN, self.removed),
            "held": self.shows(HELD_IN, self.held_late),
            "removal of a held message": self.shows(HELD_IN, self.held),
            "tab of the ended session": self.account.close_code,
            "terminal of the ended session": self.terminal.named,
        }

    async def is_right(self) -> None:
        """All of it, in time."""
        right = {
            "post": "visible",
            "removal": "removed",
            "held": "pending",
            "removal of a held message": "removed",
            "tab of the ended session": 1012,
            "terminal of the ended session": [("end", {"reason": "session ended"})],
        }
        deadline = time.monotonic() + RIGHT_WITHIN_S
        while self.seen() != right and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        assert self.seen() == right

    async def goes_on(self) -> None:
        """What happens from now on arrives by itself."""
        body = f"later {secrets.token_hex(4)}"
        await post(self._tabs[POSTED_IN], body)
        await until(lambda: self.shows(POSTED_IN, body) == "visible", RIGHT_WITHIN_S)
