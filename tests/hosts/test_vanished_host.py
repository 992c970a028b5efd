"""A host that vanishes in mid transaction, with no word of it to anybody, costs the others one slow post."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import psycopg2.extensions
import pytest

from tests.hosts.lab import Pair, pair
from tests.socket.client import Tab
from tests.socket.room import post
from tests.socket.visitor import Visitor
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.server

UNFINISHED = "a post that its host can't finish"
WAITS_S = 10
"""The 5 s after which the database ends what a host left open, on a machine that has other things to do."""
_SESSION = "SELECT pid, state FROM pg_stat_activity WHERE query LIKE 'INSERT INTO messages%%' AND pid <> %s"
_STORED = "SELECT count(*) FROM messages WHERE body = %s"


@pytest.fixture
async def hosts(tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(tmp_path) as started:
        yield started


@contextmanager
def administrator(hosts: Pair) -> Iterator[psycopg2.extensions.cursor]:
    """A session in the database."""
    with closing(psycopg2.connect(hosts.administered)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def inserting(cursor: psycopg2.extensions.cursor, state: str) -> int | None:
    """The session that has inserted a message last, or wants to, if it is in this state."""
    cursor.execute(_SESSION, (cursor.connection.info.backend_pid,))
    return next((pid for pid, found in cursor.fetchall() if found == state), None)


async def stored(tab: Tab, body: str) -> None:
    """Post, and see it acknowledged."""
    await post(tab, body)
    assert tab.value("chat_state", "outcome")["error"] == ""


async def sent(tab: Tab, body: str) -> None:
    """Ask for a post, and wait for nothing."""
    await tab.call(f"{tab.find('chat_state')}.send", {"client_id": "unfinished", "body": body}, path="/chat")


async def test_a_host_that_vanishes_in_mid_transaction_costs_the_others_one_slow_post(hosts: Pair) -> None:
    async with Visitor(hosts.a) as ann, Visitor(hosts.b) as bob, bob.tab() as other:
        await other.boot("/chat")
        async with ann.tab() as tab:
            await tab.boot("/chat")
            await stored(tab, "before")
            await vanish_in_mid_transaction(hosts, tab)
            began = time.monotonic()
            await stored(other, "the slow one")
            slow = time.monotonic() - began
            await stored(other, "the next one")
            quick = time.monotonic() - began - slow
            assert 1 < slow < WAITS_S, "it waited for the room, and not for long"
            assert quick < slow / 2
            hosts.come_back()
        async with ann.tab() as tab:
            await tab.boot("/chat")
            await until_stored(tab)
            await other.until(lambda: UNFINISHED in str(other.state))
        with administrator(hosts) as cursor:
            cursor.execute(_STORED, (UNFINISHED,))
            assert cursor.fetchall() == [(1,)]


async def vanish_in_mid_transaction(hosts: Pair, tab: Tab) -> None:
    """Have `a` take the room for a post, and vanish before it can end the transaction."""
    with administrator(hosts) as looking, administrator(hosts) as holding:
        # It has the room's row by then, and has to wait for the table.
        holding.execute("BEGIN; LOCK TABLE messages IN SHARE MODE")
        await sent(tab, UNFINISHED)
        await until(lambda: inserting(looking, "active"))
        hosts.vanish()
        holding.execute("ROLLBACK")
        await until(lambda: inserting(looking, "idle in transaction"))


async def until_stored(tab: Tab) -> None:
    """Send again what was never answered, as a page does, until it is acknowledged."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await sent(tab, UNFINISHED)
            await tab.until(lambda: tab.value("chat_state", "outcome")["cid"] == "unfinished")
            if not tab.value("chat_state", "outcome")["error"]:
                return
            tab.state[tab.find("chat_state")]["outcome"] = {"cid": ""}
            await asyncio.sleep(0.2)
