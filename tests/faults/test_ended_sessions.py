"""A session that is revoked, or whose time is up, is refused within a second: at the other worker, on either database,
with Redis and without."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

import pytest

from tests.faults.seed import run
from tests.faults.workers import tab_on, wait_for_workers, worker_pids
from tests.servers import RedisServer
from tests.site import Site, running_site
from tests.socket.client import Tab
from tests.socket.terminal import follow
from tests.socket.visitor import Visitor

pytestmark = [pytest.mark.server, pytest.mark.alone]
WITHIN_S = 1.0


@dataclass(frozen=True)
class Workers:
    """A site in two processes where the database allows that, and where its rows are."""

    site: Site
    database_url: str
    redis: RedisServer
    pids: list[int]

    def tab(self, browser: Visitor, which: int) -> AbstractAsyncContextManager[Tab]:
        """A tab at one of two workers, or at the only one."""
        return tab_on(self.site, self.pids[which], browser) if self.pids else browser.tab()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def workers(
    request: pytest.FixtureRequest, own_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workers]:
    folder = tmp_path_factory.mktemp(request.param)
    on_postgres = request.param == "postgres"
    url = request.getfixturevalue("own_postgres").url if on_postgres else f"sqlite:///{folder}/portfolio.db"
    options = {"DATABASE_URL": url, "REDIS_URL": own_redis.url, "RATE_LIMITS": "off"}
    count = 2 if on_postgres else 1  # SQLite is for one process
    with running_site(folder, WORKERS=str(count), **options) as site:
        if on_postgres:
            wait_for_workers(site, count)
        yield Workers(site, url, own_redis, sorted(worker_pids(site)))


@pytest.fixture(params=["with redis", "redis away"])
def redis_is_away(request: pytest.FixtureRequest, own_redis: RedisServer) -> Iterator[bool]:
    """What becomes of Redis once everybody is connected."""
    is_away = request.param == "redis away"
    yield is_away
    if is_away:
        own_redis.start()


@asynccontextmanager
async def elsewhere(workers: Workers, name: str) -> AsyncIterator[tuple[Visitor, Tab]]:
    """Another browser of the member, and a tab of it at the other worker."""
    async with Visitor(workers.site) as browser:
        await browser.exchange(await browser.sign_in(name))
        async with workers.tab(browser, 1) as tab:
            await tab.boot("/chat")
            yield browser, tab


async def gone(tab: Tab, since: float) -> float:
    """How long after `since` the tab was closed."""
    assert await tab.closed() == 1012
    return time.time() - since


async def try_to_post(tab: Tab) -> str:
    """Post, and wait for no answer; returns the text."""
    body = f"too late {token_hex(6)}"
    payload = {"client_id": token_hex(10), "body": body}
    await tab.call(f"{tab.find('chat_state')}.send", payload, path="/chat")
    return body


async def test_a_tab_of_an_ended_session_is_refused_at_once_and_closed_within_a_second(
    workers: Workers, redis_is_away: bool
) -> None:
    async with Visitor(workers.site) as one, Visitor(workers.site) as other:
        name, forgetful = await one.register(), await other.register()
        async with (
            workers.tab(one, 0) as own,
            elsewhere(workers, name) as (signed_out, revoked),
            elsewhere(workers, forgetful) as (_, expiring),
            follow(workers.site, {"cookie": other.anywhere}) as terminal,
        ):
            await own.boot("/account")
            await own.until(lambda: len(own.value("sessions_state", "sessions") or ()) == 2)
            if redis_is_away:
                await asyncio.to_thread(workers.redis.stop)
            await own.call(f"{own.find('sessions_state')}.revoke_others", path="/account")
            await own.until(lambda: len(own.value("sessions_state", "sessions")) == 1)
            acknowledged = time.time()
            late = await try_to_post(revoked)
            assert await gone(revoked, acknowledged) < WITHIN_S
            # It gets no other cookie, so it is not asked to come again later.
            async with workers.tab(signed_out, 1) as guest:
                await guest.boot("/chat")
                assert guest.set_cookie is not None

            ends_at = datetime.now(UTC) + timedelta(seconds=WITHIN_S)
            await asyncio.to_thread(run, workers.database_url, _expiry(workers, forgetful, ends_at))
            assert 0 < await gone(expiring, ends_at.timestamp()) < WITHIN_S
            await terminal.until(lambda: terminal.named == [("end", {"reason": "session ended"})])

            await own.boot("/chat")
            assert late not in str(own.value("chat_state", "window"))


def _expiry(workers: Workers, username: str, at: datetime) -> str:
    zone = "" if workers.database_url.startswith("sqlite") else "+00"
    of = f"(SELECT id FROM users WHERE username = '{username}')"
    return f"UPDATE sessions SET expires_at = '{at:%Y-%m-%d %H:%M:%S.%f}{zone}' WHERE user_id = {of}"
