"""Visitors who keep posting whatever breaks, as the page does: resend, reconnect, catch up."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from websockets.exceptions import WebSocketException

from tests.site import Site
from tests.socket.client import Refused, Tab
from tests.socket.room import RoomView
from tests.socket.visitor import Visitor
from tests.waiting import until

ANSWER_S = 8
RETRY_S = 0.1


class Author:
    """One visitor with one tab. `acknowledged` are the bodies that the site said it has stored."""

    def __init__(self, site: Site, name: str, pause: float) -> None:
        self.name = name
        self.view = RoomView()
        self.acknowledged: list[str] = []
        self.refusals: list[str] = []
        self.close_codes: list[int] = []
        self.connections = 0
        self.slowest_answer = 0.0
        self.busy = False
        self.visitor = Visitor(site)
        self._pause = pause
        self._posted = 0
        self._stopping = asyncio.Event()
        self._settled_at: int | None = None

    async def run(self) -> None:
        """Stay connected, and post one message after the other, until stopped."""
        while not self._finished():
            with contextlib.suppress(OSError, Refused, TimeoutError, AssertionError, WebSocketException):
                async with AsyncExitStack() as stack:
                    await self._stay(await self._connect(stack))
            await asyncio.sleep(RETRY_S)

    def stop_posting(self) -> None:
        """Post no more once the message under way is answered."""
        self._stopping.set()

    def settle(self, revision: int) -> None:
        """End the run when everything up to `revision` is shown."""
        self._settled_at = revision

    def _finished(self) -> bool:
        return self._settled_at is not None and self.view.last >= self._settled_at

    async def _connect(self, stack: AsyncExitStack) -> Tab:
        tab = await stack.enter_async_context(self.visitor.tab())
        self.visitor.keep(tab.set_cookie)
        tab.watch = self.view.take
        await tab.boot("/chat")
        await tab.until(lambda: tab.value("chat_state", "window"))
        self.connections += 1
        repairing = asyncio.create_task(self.view.repair(tab))
        stack.callback(repairing.cancel)
        stack.callback(lambda: self.close_codes.append(tab.close_code) if tab.close_code else None)
        return tab

    async def _stay(self, tab: Tab) -> None:
        while not self._stopping.is_set():
            await self._post(tab)
            await asyncio.sleep(self._pause)
        await tab.until(self._finished)

    async def _post(self, tab: Tab) -> None:
        """Send until stored: under the same id, so that one that was stored unheard is not doubled."""
        client_id, body = f"{self.name}-post-{self._posted:05}", f"{self.name} says {self._posted}"
        self.view.answers.pop(client_id, None)
        began = time.monotonic()
        await self._send(tab, client_id, body)
        self.slowest_answer = max(self.slowest_answer, time.monotonic() - began)
        if error := self.view.answers[client_id]["error"]:
            self.refusals.append(error)
        else:
            self.acknowledged.append(body)
            self._posted += 1

    async def _send(self, tab: Tab, client_id: str, body: str) -> None:
        payload = {"client_id": client_id, "body": body}
        self.busy = True
        try:
            await tab.call(f"{tab.find('chat_state')}.send", payload, path="/chat")
            await tab.until(lambda: client_id in self.view.answers, ANSWER_S)
        finally:
            self.busy = False


@asynccontextmanager
async def crowd(site: Site, size: int, *, pause: float = 0.01) -> AsyncIterator[list[Author]]:
    """`size` authors at work; when the block ends they have stopped, whatever they were doing."""
    authors = [Author(site, f"{secrets.token_hex(4)}n{number:02}", pause) for number in range(size)]
    tasks = [asyncio.create_task(author.run()) for author in authors]
    try:
        yield authors
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for author in authors:
            await author.visitor.http.aclose()


async def posted(authors: list[Author], count: int) -> None:
    """Wait until each author got `count` more messages acknowledged."""
    goals = {author: len(author.acknowledged) + count for author in authors}
    await until(lambda: all(len(author.acknowledged) >= goal for author, goal in goals.items()))


async def quiet(authors: list[Author]) -> None:
    """Let the authors finish what they are saying."""
    for author in authors:
        author.stop_posting()
    await until(lambda: not any(author.busy for author in authors))


async def settled(authors: list[Author], revision: int) -> None:
    """Wait until every author's tab shows everything up to `revision`."""
    for author in authors:
        author.settle(revision)
    await until(lambda: all(author.view.last >= revision for author in authors))
