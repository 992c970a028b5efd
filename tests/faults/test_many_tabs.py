"""Many tabs that do little: what each costs, and what is left of those that went.

`IDLE_TABS=1000 CHURNED_TABS=2000` runs it at full size; `-s` shows what was measured.
"""

import asyncio
import os
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
import pytest

from tests.site import Site
from tests.socket.client import Tab, open_tab
from tests.socket.conftest import backend

pytestmark = pytest.mark.server

IDLE_TABS = int(os.environ.get("IDLE_TABS", "100"))
CHURNED_TABS = int(os.environ.get("CHURNED_TABS", "300"))
WARM_UP_TABS = 150
AT_ONCE = 25
WATCHED_S = 5
STATE_EXPIRY_S = 1
KB = 1024
MOST_KB_PER_TAB = 150
MOST_IDLE_CPU = 0.10
"""Of one core, for all idle tabs together."""
MOST_KB_LEFT_PER_TAB = 16
"""engine.io keeps a closed socket, about 4 KB, until its next ping would have been due."""


def memory(site: Site) -> int:
    return psutil.Process(site.process.pid).memory_info().rss


def cpu(site: Site) -> float:
    times = psutil.Process(site.process.pid).cpu_times()
    return times.user + times.system


async def opened(stack: AsyncExitStack, site: Site, count: int) -> list[Tab]:
    """Tabs of as many visitors, each on the front page."""

    async def one() -> Tab:
        tab = await stack.enter_async_context(open_tab(site.url))
        await tab.boot("/")
        return tab

    tabs: list[Tab] = []
    while len(tabs) < count:
        tabs += await asyncio.gather(*(one() for _ in range(min(AT_ONCE, count - len(tabs)))))
    return tabs


async def churn(site: Site, count: int) -> None:
    """Open tabs and close them again."""
    for _ in range(0, count, AT_ONCE):
        async with AsyncExitStack() as stack:
            await opened(stack, site, AT_ONCE)


async def settled_memory(site: Site) -> int:
    """Once the states of the tabs that left are forgotten."""
    await asyncio.sleep(STATE_EXPIRY_S + 2)  # the server's own clock decides when they are
    return memory(site)


async def test_tabs_that_left_leave_next_to_nothing_and_an_idle_one_costs_little_memory_and_time(
    tmp_path: Path,
) -> None:
    with backend(tmp_path, target="tests.socket.hasty:app", RATE_LIMITS="off", LOG_LEVEL="warning") as site:
        await churn(site, WARM_UP_TABS)
        before = await settled_memory(site)
        await churn(site, CHURNED_TABS)
        settled = await settled_memory(site)
        left = (settled - before) / CHURNED_TABS / KB
        async with AsyncExitStack() as stack:
            tabs = await opened(stack, site, IDLE_TABS)
            await asyncio.gather(*(tab.settle() for tab in tabs))
            per_tab = (memory(site) - settled) / IDLE_TABS / KB
            began, spent = time.monotonic(), cpu(site)
            await asyncio.sleep(WATCHED_S)  # the time in which nothing much may happen
            busy = (cpu(site) - spent) / (time.monotonic() - began)
        print(f"\n{CHURNED_TABS} tabs came and went: {left:.1f} KB left of each")
        print(f"{IDLE_TABS} idle tabs: {per_tab:.0f} KB each, {busy:.1%} of a core")
        assert left < MOST_KB_LEFT_PER_TAB
        assert per_tab < MOST_KB_PER_TAB
        assert busy < MOST_IDLE_CPU
