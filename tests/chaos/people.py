"""People in a room: tabs without a browser that reconnect as pages do. Watchers among them write down what comes."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from contextlib import AsyncExitStack

from websockets.exceptions import WebSocketException

from tests.chaos.history import Frame, History, kept_of
from tests.site import Site
from tests.socket.client import Refused, State, Tab
from tests.socket.room import RoomView
from tests.socket.visitor import Visitor

OPEN_S = 10
RETRY_S = 0.3
FOREVER_S = 86_400

BROKEN = (OSError, Refused, TimeoutError, AssertionError, WebSocketException)


class Person(ABC):
    """A visitor with one tab in one room, connected as long as it lasts."""

    def __init__(self, site: Site, name: str, room: str, history: History) -> None:
        self.name, self.room, self.history = name, room, history
        self.path = "/chat" if room == "lobby" else f"/chat/{room}"
        self.visitor = Visitor(site)
        self.connections = 0
        """Made so far."""

    async def run(self) -> None:
        """Connect and stay, again and again, until cancelled."""
        try:
            while True:
                with contextlib.suppress(*BROKEN):
                    async with AsyncExitStack() as stack:
                        await self.stay(await self._connect(stack))
                await asyncio.sleep(RETRY_S)
        finally:
            await self.visitor.http.aclose()

    @abstractmethod
    async def stay(self, tab: Tab) -> None:
        """Use the tab until its connection breaks, which raises."""

    @abstractmethod
    def take(self, delta: State) -> None:
        """Record a state update."""

    async def _connect(self, stack: AsyncExitStack) -> Tab:
        async with asyncio.timeout(OPEN_S):
            tab = await stack.enter_async_context(self.visitor.tab())
            self.visitor.keep(tab.set_cookie)
            # Without TLS each host has a cookie name of its own, as both are on one machine.
            if self.visitor.cookie and not self.visitor.cookie.startswith("__Host-"):
                self.visitor.cookie = self.visitor.anywhere
            tab.watch = self.take
            await tab.boot(self.path)
            await tab.until(lambda: tab.value("chat_state", "window"))
        self.connections += 1
        return tab


class Watcher(Person):
    """Reads along; asks for what is missing."""

    def __init__(self, site: Site, name: str, room: str, history: History) -> None:
        super().__init__(site, name, room, history)
        self.view = RoomView()

    def take(self, delta: State) -> None:
        """Apply it, and write it down."""
        self.view.take(delta)
        if kept := kept_of(delta):
            self.history.add(Frame(self.name, self.room, kept))

    async def stay(self, tab: Tab) -> None:
        """Until the connection breaks."""
        repairing = asyncio.create_task(self.view.repair(tab, self.path))
        try:
            await tab.closed(within=FOREVER_S)
        finally:
            repairing.cancel()
