"""Which process of a running site serves a tab."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from tests.site import Site, peers_of, workers_of
from tests.socket.client import Tab, open_tab
from tests.socket.visitor import Visitor

MOST_TRIES = 40


def worker_pids(site: Site) -> set[int]:
    """The server processes under the launcher."""
    return workers_of(site.process.pid)


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
        async with httpx.AsyncClient(base_url=site.url, headers=usual.headers) as client:
            answer = await client.get("/api/live")
            port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
            if await asyncio.to_thread(_at_other_end, site, port) == pid:
                visitor.http = client
                yield
                visitor.http = usual
                return
    raise AssertionError(f"no connection reached worker {pid}")


def _at_other_end(site: Site, port: int) -> int:
    return next(pid for pid in worker_pids(site) if port in peers_of(pid))
