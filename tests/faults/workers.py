"""Which process of a running site serves a tab."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from tests.site import Site, peers_of, workers_of
from tests.socket.client import Tab, open_tab
from tests.socket.visitor import Visitor
from tests.waiting import PATIENCE_S, wait_until

MOST_TRIES = 40
_ONE_CONNECTION = httpx.Limits(keepalive_expiry=None)


def worker_pids(site: Site) -> set[int]:
    """The server processes under the launcher."""
    return workers_of(site.process.pid)


def wait_for_workers(site: Site, count: int) -> None:
    """Return once `count` processes serve: a site is ready with the first of them, on a busy machine long before."""
    serving: set[int] = set()

    def all_serve() -> bool:
        with httpx.Client(base_url=site.url, timeout=PATIENCE_S) as client:
            port = client.get("/api/live").extensions["network_stream"].get_extra_info("client_addr")[1]
            serving.add(_at_other_end(site, port))
        return len(serving & worker_pids(site)) == count

    wait_until(all_serve)


def worker_of(site: Site, tab: Tab) -> int:
    """The process at the other end of a tab's websocket."""
    return _at_other_end(site, tab.socket.local_address[1])


@asynccontextmanager
async def tab_on(site: Site, pid: int, visitor: Visitor | None = None, **options: Any) -> AsyncIterator[Tab]:
    """A tab served by worker `pid`: the kernel picks one, so it connects until that is the one."""
    for _ in range(MOST_TRIES):
        async with AsyncExitStack() as stack:
            opened = visitor.tab(**options) if visitor else open_tab(site.url, **options)
            tab = await stack.enter_async_context(opened)
            if await asyncio.to_thread(worker_of, site, tab) == pid:
                yield tab
                return
    raise AssertionError(f"no connection reached worker {pid}")


@asynccontextmanager
async def browser_on(site: Site, pid: int, visitor: Visitor) -> AsyncIterator[None]:
    """Requests of `visitor` go to worker `pid` within the block, over one connection."""
    usual = visitor.http
    for _ in range(MOST_TRIES):
        async with httpx.AsyncClient(
            base_url=site.url, headers=usual.headers, timeout=PATIENCE_S, limits=_ONE_CONNECTION
        ) as client:
            answer = await client.get("/api/live")
            port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
            if await asyncio.to_thread(_at_other_end, site, port) == pid:
                visitor.http = client
                yield
                visitor.http = usual
                return
    raise AssertionError(f"no connection reached worker {pid}")


def _at_other_end(site: Site, port: int) -> int:
    return next((pid for pid in worker_pids(site) if port in peers_of(pid)), 0)
