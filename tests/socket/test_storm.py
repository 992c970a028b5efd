"""Many clients, a lossy network, tabs that come and go: nothing is lost, doubled or out of order."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.site import Site
from tests.socket.client import Tab, open_tab
from tests.socket.conftest import backend
from tests.socket.room import RoomView

CLIENTS = 10
POSTS = 60
RECONNECTS = 2
SETTLE_S = 60


@pytest.fixture(scope="module")
def lossy_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The real application, except that it loses one push frame in ten."""
    folder = tmp_path_factory.mktemp("lossy")
    with backend(folder, target="tests.socket.lossy:app", RATE_LIMITS="off", LOG_LEVEL="warning") as running:
        yield running


class Client:
    """A visitor who posts, and whose tab reconnects now and then."""

    def __init__(self, site: Site, number: int) -> None:
        self.site = site
        self.view = RoomView()
        self.number = number
        self.cookie: str | None = None
        self.chance = random.Random(number)

    async def run(self, everyone_posted: asyncio.Barrier) -> None:
        """Post everything over `RECONNECTS` + 1 connections, then wait until the room has settled."""
        posts = [(f"client{self.number:02}post{n:04}", f"message {self.number}.{n}") for n in range(POSTS)]
        share = POSTS // (RECONNECTS + 1)
        for n in range(RECONNECTS + 1):
            todo = posts[n * share :] if n == RECONNECTS else posts[n * share : (n + 1) * share]
            async with AsyncExitStack() as stack:
                tab = await self._connect(stack)
                # The tab goes away with its last post unanswered; the next one sends it again.
                await self._post(tab, posts[max(0, n * share - 1) : n * share] + todo, wait=n == RECONNECTS)
                if n == RECONNECTS:
                    await everyone_posted.wait()
                    await self._settle(tab, CLIENTS * POSTS)

    async def _connect(self, stack: AsyncExitStack) -> Tab:
        tab = await stack.enter_async_context(open_tab(self.site.url, cookie=self.cookie))
        self.cookie = self.cookie or (tab.set_cookie or "").split(";")[0]
        tab.watch = self.view.take
        await tab.boot("/chat")
        await tab.until(lambda: tab.value("chat_state", "window"), 30)
        repairing = asyncio.create_task(self.view.repair(tab))
        stack.callback(repairing.cancel)
        return tab

    async def _post(self, tab: Tab, posts: list[tuple[str, str]], *, wait: bool) -> None:
        for client_id, body in posts:
            if self.chance.random() < 0.05:  # an impatient visitor clicks twice
                await self._send(tab, client_id, body)
            await self._send(tab, client_id, body)
            if wait or client_id != posts[-1][0]:
                await tab.until(lambda sent=client_id: sent in self.view.answers, 30)

    async def _send(self, tab: Tab, client_id: str, body: str) -> None:
        payload = {"client_id": client_id, "body": body}
        await tab.call(f"{tab.find('chat_state')}.send", payload, path="/chat")

    async def _settle(self, tab: Tab, revision: int) -> None:
        await tab.until(lambda: self.view.last >= revision, SETTLE_S)


async def test_every_tab_ends_with_the_same_messages_each_once_in_the_database_order(
    lossy_site: Site,
) -> None:
    clients = [Client(lossy_site, number) for number in range(CLIENTS)]
    barrier = asyncio.Barrier(CLIENTS)
    async with asyncio.timeout(150), asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(client.run(barrier))
    stored = _stored(lossy_site.data_dir)
    assert sorted(stored) == sorted(f"message {c}.{n}" for c in range(CLIENTS) for n in range(POSTS))
    assert all(not answer["error"] for client in clients for answer in client.view.answers.values())
    for client in clients:
        assert client.view.bodies() == stored
    assert "Traceback" not in lossy_site.output()


def _stored(data_dir: Path) -> list[str]:
    with sqlite3.connect(data_dir / "portfolio.db") as database:
        rows = database.execute("SELECT body, revision FROM messages ORDER BY revision").fetchall()
    assert [revision for _, revision in rows] == list(range(1, len(rows) + 1))
    return [body for body, _ in rows]
