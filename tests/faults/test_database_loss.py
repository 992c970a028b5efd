"""The database goes away under a running site and comes back."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import httpx
import pytest

from tests.faults.crowd import crowd, posted, quiet
from tests.faults.stored import everyone_agrees, in_postgres
from tests.servers import PostgresServer
from tests.site import Site, running_site, unready
from tests.socket.client import open_tab
from tests.waiting import until

pytestmark = pytest.mark.server

REFUSALS = 10
BACK_WITHIN_S = 20
"""Authors are answered within this from the database's return on: no wait of its absence is left over."""
UNREACHABLE = "The service can't be reached right now. Try again in a moment."


@pytest.fixture(scope="module")
def on_postgres(own_postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One process on a database that a test may stop."""
    folder = tmp_path_factory.mktemp("on-postgres")
    with running_site(folder, DATABASE_URL=own_postgres.url, RATE_LIMITS="off") as site:
        yield site


async def test_posts_are_refused_while_the_database_is_away_and_none_acknowledged_is_lost(
    on_postgres: Site, own_postgres: PostgresServer
) -> None:
    async with crowd(on_postgres, 10) as authors, AsyncExitStack() as stack:
        await posted(authors, 5)
        await asyncio.to_thread(own_postgres.stop)
        await until(lambda: all(len(author.refusals) >= REFUSALS for author in authors))
        assert {text for author in authors for text in author.refusals} == {UNREACHABLE}
        status, reasons = await asyncio.to_thread(unready, on_postgres)
        assert (status, reasons.keys()) == (503, {"database"})
        assert (await asyncio.to_thread(httpx.get, f"{on_postgres.url}/api/live")).status_code == 200
        # A new visitor: one with a cookie is asked to come again while it can't be known whether the session has ended.
        late = await stack.enter_async_context(open_tab(on_postgres.url))
        await late.boot("/chat")
        assert (late.value("chat_state", "problem"), late.value("chat_state", "window")) == (
            UNREACHABLE,
            None,
        )
        await asyncio.to_thread(own_postgres.start)
        back = time.monotonic()
        await posted(authors, 5)
        await late.until(lambda: late.value("chat_state", "window"))
        assert late.value("chat_state", "problem") == ""
        assert time.monotonic() - back < BACK_WITHIN_S
        await quiet(authors)
        await everyone_agrees(authors, in_postgres(own_postgres.url))
        assert all(author.connections == 1 for author in authors), "no tab had to reconnect"
    await until(lambda: httpx.get(f"{on_postgres.url}/api/ready").status_code == httpx.codes.OK)
    assert "Traceback" not in on_postgres.output()
