"""Clients that leave, do not go on, or are too many: nothing stays of them, and everybody else is served."""

import asyncio
import json
import resource
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack

import httpx
import psutil
import pytest

from tests.site import Site
from tests.socket.client import Tab, open_tab
from tests.socket.conftest import backend
from tests.socket.room import post
from tests.socket.test_metrics import Samples, scrape
from tests.socket.visitor import Visitor
from tests.waiting import until

pytestmark = pytest.mark.server

EACH = 100
FEW = 400
"""File descriptors: a quarter of them is left to the site itself."""
MORE_THAN_ALLOWED = 450
BEGINNINGS = {
    "nothing": b"",
    "head": b"GET /api/live HTTP/1.1\r\nhost: x\r\n",
    "body": b"POST /session/exchange HTTP/1.1\r\nhost: x\r\norigin: %s\r\n"
    b"content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nticket=",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with short deadlines."""
    folder = tmp_path_factory.mktemp("leaving")
    with backend(folder, target="tests.socket.hasty:app", TRUSTED_PROXY_HOPS="1") as running:
        yield running


def closed(site: Site, reason: str) -> float:
    return scrape(site).get(("portfolio_connections_closed_total", reason), 0)


def repairs(samples: Samples) -> float:
    return sum(n for key, n in samples.items() if key[:2] == ("portfolio_events_total", "chat.repair"))


def waiting(samples: Samples) -> list[float]:
    return [n for (name, *_), n in samples.items() if name == "portfolio_work_waiting"]


def lines_to(site: Site, stack: ExitStack, number: int, said: bytes = b"") -> list[socket.socket]:
    lines = []
    for _ in range(number):
        line = stack.enter_context(socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2]))))
        line.sendall(said)
        lines.append(line)
    return lines


async def test_the_state_of_a_tab_goes_with_it(site: Site) -> None:
    await until(lambda: scrape(site)["portfolio_tab_states",] == 0)
    async with Visitor(site) as visitor, AsyncExitStack() as stack:
        for _ in range(20):
            await (await stack.enter_async_context(visitor.tab())).boot("/chat")
        assert scrape(site)["portfolio_tab_states",] == 20
        await asyncio.sleep(1)  # longer than two sweeps
        assert scrape(site)["portfolio_tab_states",] == 20
    await until(lambda: scrape(site)["portfolio_tab_states",] == 0)


async def test_connections_that_do_not_go_on_are_closed_while_visitors_are_served(site: Site) -> None:
    with ExitStack() as stack:
        lines = {
            name: lines_to(site, stack, EACH, said.replace(b"%s", site.url.encode()))
            for name, said in BEGINNINGS.items()
        }
        async with Visitor(site) as visitor, visitor.tab() as tab:
            await tab.boot("/chat")
            await post(tab, "beside many that wait", path="/chat")
            await until(lambda: closed(site, "head") >= 2 * EACH)
            await until(lambda: closed(site, "body") >= EACH)
        answers = {name: [line.recv(4096) for line in found] for name, found in lines.items()}
    assert answers["nothing"] == [b""] * EACH
    assert all(b"408" in answer for name in ("head", "body") for answer in answers[name])
    assert "Traceback" not in site.output()


async def test_without_file_descriptors_the_site_says_so_and_serves_who_comes(site: Site) -> None:
    process = psutil.Process(site.process.pid)
    before = process.rlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        stack.callback(process.rlimit, resource.RLIMIT_NOFILE, before)
        process.rlimit(resource.RLIMIT_NOFILE, (FEW, before[1]))
        lines_to(site, stack, MORE_THAN_ALLOWED)
        async with Visitor(site) as visitor, visitor.tab() as tab:
            await tab.boot("/chat")
            await post(tab, "although there are none left", path="/chat")
            unready = (await visitor.http.get("/api/ready")).json()
        assert "used up" in unready["reasons"]["descriptors"]
        assert closed(site, "descriptors") > 0
        await until(lambda: "file descriptors are used up (400 allowed)" in site.output())
    await until(lambda: httpx.get(f"{site.url}/api/ready").status_code == httpx.codes.OK)


async def test_what_a_crowd_asked_for_does_not_run_after_it_has_left(site: Site) -> None:
    async with Visitor(site) as visitor, visitor.tab() as tab:
        await tab.boot("/chat")
        asked = await leave_after_asking(site, sockets=20, times=100)
        await until(lambda: scrape(site)["portfolio_open_sockets",] == 1)
        await until(lambda: not any(waiting(scrape(site))))
        after = scrape(site)
        await post(tab, "once they have left", path="/chat")
        later = scrape(site)
    assert repairs(after) == repairs(later) < asked / 2
    assert later["portfolio_events_dropped_total",] > 0


async def leave_after_asking(site: Site, sockets: int, times: int) -> int:
    """Have sockets of one network ask as much as they may and close; how often they asked."""
    network = {"x-forwarded-for": "203.0.113.9"}
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(open_tab(site.url, headers=network)) for _ in range(sockets)]
        for tab in tabs:
            await tab.boot("/chat")
        for tab in tabs:
            await repair(tab, times)
        for tab in tabs:
            tab.socket.transport.abort()
    return sockets * times


async def repair(tab: Tab, times: int) -> None:
    for _ in range(times):
        await tab.call(f"{tab.find('chat_state')}.repair", {"after": 0}, path="/chat")


async def test_leaving_while_a_page_loads_and_json_in_json_leave_no_traceback(site: Site) -> None:
    before = scrape(site)
    async with Visitor(site) as visitor:
        for number in range(20):
            async with visitor.tab() as tab:
                await tab.boot("/chat")
                for _ in range(3):
                    await tab.call(f"{tab.find('chat_state')}.enter", path="/chat")
                if number % 2:
                    tab.socket.transport.abort()
        async with visitor.tab() as tab:
            await tab.boot("/chat")
            for depth in range(930, 990, 5):
                nested = json.dumps(
                    ["event", {"name": f"{tab.find('chat_state')}.send", "payload": {"body": 0}}]
                )
                await tab.raw("42/_event," + nested.replace("0}", "[" * depth + "]" * depth + "}"))
            await post(tab, "in between", path="/chat")
    refused = ("portfolio_refused_total", "nested")
    assert scrape(site)[refused] - before.get(refused, 0) == len(range(930, 990, 5))
    assert "Traceback" not in site.output()
    assert "unforeseen" not in site.output()
