"""Many clients who post, edit and delete, a lossy network, tabs that come and go: nothing is lost, doubled or out of
order."""

import asyncio
import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.site import Site
from tests.socket.client import Tab, open_tab
from tests.socket.conftest import backend
from tests.socket.room import RoomView
from tests.waiting import PATIENCE_S

CLIENTS = 20
POSTS = int(os.environ.get("STORM_POSTS", "8"))
"""Of each client: `STORM_POSTS=100` makes it 2,000 in all. A tab may be more than `CATCH_UP_LIMIT` behind then."""
CHANGED = 0.5
"""Of the posts are followed by an edit of an own message, or by its deletion."""
DELETED = 0.4
"""Of the changes are deletions."""
RECONNECTS = 1


@pytest.fixture(scope="module")
def lossy_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The real application, except that it loses one push frame in ten."""
    folder = tmp_path_factory.mktemp("lossy")
    with backend(folder, target="tests.socket.lossy:app", RATE_LIMITS="off", LOG_LEVEL="warning") as running:
        yield running


class Client:
    """A visitor who posts, edits and deletes, and whose tab reconnects now and then."""

    def __init__(self, site: Site, number: int) -> None:
        self.site = site
        self.view = RoomView()
        self.prefix = f"client{number:02}"
        self.cookie: str | None = None
        self.chance = random.Random(number)
        self.edited: set[str] = set()
        self.deleted: set[str] = set()

    async def run(self, everyone_is_done: asyncio.Barrier, everyone: "list[Client]") -> None:
        """Post and change everything over `RECONNECTS` + 1 connections, then wait until the room has settled."""
        posts = [(f"{self.prefix}post{n:04}", f"message {self.prefix}.{n}") for n in range(POSTS)]
        share = POSTS // (RECONNECTS + 1)
        for n in range(RECONNECTS + 1):
            todo = posts[n * share :] if n == RECONNECTS else posts[n * share : (n + 1) * share]
            async with AsyncExitStack() as stack:
                tab = await self._connect(stack)
                # The tab goes away with its last post unanswered; the next one sends it again.
                await self._post(tab, posts[max(0, n * share - 1) : n * share] + todo, wait=n == RECONNECTS)
                if n == RECONNECTS:
                    await everyone_is_done.wait()
                    changes = sum(len(each.edited | each.deleted) for each in everyone)
                    await self._settle(tab, CLIENTS * POSTS + changes)

    async def _connect(self, stack: AsyncExitStack) -> Tab:
        tab = await stack.enter_async_context(open_tab(self.site.url, cookie=self.cookie))
        self.cookie = self.cookie or (tab.set_cookie or "").split(";")[0]
        tab.watch = self.view.take
        await tab.boot("/chat")
        await tab.until(lambda: tab.value("chat_state", "window"))
        repairing = asyncio.create_task(self.view.repair(tab))
        stack.callback(repairing.cancel)
        return tab

    async def _post(self, tab: Tab, posts: list[tuple[str, str]], *, wait: bool) -> None:
        for client_id, body in posts:
            if self.chance.random() < 0.05:  # an impatient visitor clicks twice
                await self._send(tab, client_id, body)
            await self._send(tab, client_id, body)
            if wait or client_id != posts[-1][0]:
                await tab.until(lambda sent=client_id: sent in self.view.answers)
                if self.chance.random() < CHANGED:
                    await self._change(tab)

    async def _send(self, tab: Tab, client_id: str, body: str) -> None:
        payload = {"client_id": client_id, "body": body}
        await tab.call(f"{tab.find('chat_state')}.send", payload, path="/chat")

    async def _settle(self, tab: Tab, revision: int) -> None:
        await tab.until(lambda: self.view.last >= revision)

    async def _change(self, tab: Tab) -> None:
        """Edit or delete an own message, and wait until this tab shows it."""
        changed, state = self.edited | self.deleted, tab.find("changes_state")
        mine = [row for row in self.view.rows.values() if row["cid"].startswith(self.prefix)]
        own = [row for row in mine if row["id"] not in changed]
        if not own:
            return
        row = self.chance.choice(own)
        if self.chance.random() < DELETED:
            self.deleted.add(row["id"])
            await tab.call(f"{state}.delete", {"id": row["id"]}, path="/chat")
        else:
            self.edited.add(row["id"])
            form = {"id": row["id"], "body": f"{row['body']} edited"}
            await tab.call(f"{state}.save", {"form": form}, path="/chat")
        await tab.until(
            lambda: tab.value("changes_state", "problem") or self._revision(row["id"]) > row["rev"]
        )
        assert not tab.value("changes_state", "problem")

    def _revision(self, message_id: str) -> int:
        """The one at which this tab has a message; its newest, for one that it has no more."""
        return int(self.view.rows.get(message_id, {"rev": self.view.last})["rev"])


async def test_every_tab_ends_with_the_same_messages_each_once_in_the_database_order(
    lossy_site: Site,
) -> None:
    clients = [Client(lossy_site, number) for number in range(CLIENTS)]
    barrier = asyncio.Barrier(CLIENTS)
    async with asyncio.timeout(PATIENCE_S * (3 + POSTS // 20)), asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(client.run(barrier, clients))
    stored = _stored(lossy_site.data_dir)
    edited = {each for client in clients for each in client.edited}
    deleted = {each for client in clients for each in client.deleted}
    assert min(len(edited), len(deleted)) > CLIENTS / 2
    answers = [answer for client in clients for answer in client.view.answers.values()]
    assert [answer["error"] for answer in answers] == [""] * CLIENTS * POSTS
    assert {row.id for row in stored if row.status == "deleted"} == deleted
    assert {row.id for row in stored if row.body.endswith(" edited")} == edited
    posted = [f"message {client.prefix}.{n}" for client in clients for n in range(POSTS)]
    shown = [row for row in stored if row.status == "visible"]
    texts = [row.body.removesuffix(" edited") for row in shown]
    assert len(stored) == len(posted)
    assert len(texts) == len(set(texts))
    assert set(texts) <= set(posted)
    for client in clients:
        assert client.view.bodies() == [row.body for row in shown if row.place >= client.view.low]
    assert "Traceback" not in lossy_site.output()


class Row(NamedTuple):
    """A stored message."""

    id: str
    place: int
    body: str
    status: str


def _stored(data_dir: Path) -> list[Row]:
    """All messages, in the order of the room; no revision is missing or was taken twice."""
    with sqlite3.connect(data_dir / "portfolio.db") as database:
        rows = database.execute("SELECT id, position, body, status, revision FROM messages ORDER BY position")
        found = rows.fetchall()
        ((newest,),) = database.execute("SELECT revision FROM rooms WHERE slug = 'lobby'").fetchall()
    revisions = [revision for *_, revision in found]
    assert len(set(revisions)) == len(found)
    assert max(revisions) == newest
    return [Row(*values) for *values, _ in found]
