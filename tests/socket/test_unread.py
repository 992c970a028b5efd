"""Clients that ask and do not read: what they leave unread is bounded, and costs nobody else anything."""

import asyncio
import base64
import json
import secrets
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from portfolio_app.http.chat.state import ChatState
from portfolio_app.http.transport.frames import unread
from tests.faults.seed import fill_room
from tests.site import Site
from tests.socket.client import HYDRATE, State, Tab, route
from tests.socket.conftest import backend
from tests.socket.room import post
from tests.socket.test_metrics import scrape
from tests.socket.visitor import Visitor
from tests.waiting import until

pytestmark = pytest.mark.server

SOCKETS = 25
MESSAGES = 1_000
LONG = "\N{GRINNING FACE}" * 600
PER_S = 28
"""Just below what the frame filter lets through."""
ASKED = 15
MOST_MEMORY_MB = 8
CLOSED_WITHIN_S = 2 * unread.STALLED_S + 60


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with a room full of long messages."""
    with backend(tmp_path, TRUSTED_PROXY_HOPS="1", LOG_LEVEL="warning") as running:
        fill_room(f"sqlite:///{tmp_path / 'portfolio.db'}", "lobby", MESSAGES, LONG)
        yield running


class Deaf:
    """A tab by hand: reads until its page has loaded, and nothing afterwards."""

    def __init__(self, site: Site) -> None:
        self.line = socket.socket()
        self.line.settimeout(20)
        self.line.connect(("127.0.0.1", int(site.url.rpartition(":")[2])))
        fields = {
            "host": site.url.removeprefix("http://"),
            "origin": site.url,
            "x-forwarded-for": f"10.{'.'.join(str(secrets.randbelow(256)) for _ in range(3))}",
            "upgrade": "websocket",
            "connection": "upgrade",
            "sec-websocket-version": "13",
            "sec-websocket-key": base64.b64encode(secrets.token_bytes(16)).decode(),
        }
        path = f"/_event/?EIO=4&transport=websocket&token={secrets.token_hex(16)}"
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.line.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        self.unsent = b""
        self._read_until(b'"sid"')
        self.say("40/_event," + json.dumps({"event": event(HYDRATE, {})}))
        self._read_until(b'"window_rx_state_":{')
        # From here on, little of what it is sent fits into the system's buffers.
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.line.setblocking(False)

    def ask(self, after: int) -> None:
        """Ask for what came after a revision, as far as the line takes it."""
        name = f"{ChatState.get_full_name()}.repair"
        self.say("42/_event," + json.dumps(["event", event(name, {"after": after})]))

    def say(self, text: str) -> None:
        """Send a masked text frame; what the line does not take now is sent first the next time."""
        data = text.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
        frame = b"\x81" + size + bytes(4) + data
        if len(self.unsent) < 10_000:
            self.unsent += frame
        with suppress(BlockingIOError):
            self.unsent = self.unsent[self.line.send(self.unsent) :]

    def _read_until(self, text: bytes) -> None:
        read = b""
        while text not in read:
            more = self.line.recv(65_536)
            assert more, f"closed after {read!r}"
            read += more

    @property
    def port(self) -> int:
        """The client's port."""
        return int(self.line.getsockname()[1])


def event(name: str, payload: dict[str, int]) -> dict[str, object]:
    return {"name": name, "payload": payload, "router_data": route("/chat")}


@contextmanager
def deaf_tabs(site: Site) -> Iterator[list[Deaf]]:
    with ExitStack() as stack:
        tabs = [Deaf(site) for _ in range(SOCKETS)]
        for tab in tabs:
            stack.callback(tab.line.close)
        yield tabs


def still_connected(site: Site, tabs: list[Deaf]) -> list[Deaf]:
    found = psutil.Process(site.process.pid).net_connections("tcp")
    held = {one.raddr.port for one in found if one.raddr}
    return [tab for tab in tabs if tab.port in held]


async def ask_without_reading(site: Site, tabs: list[Deaf]) -> float:
    """Ask until every socket has been closed; returns the most memory the server used meanwhile, in MB."""
    process, most = psutil.Process(site.process.pid), 0
    deadline = time.monotonic() + CLOSED_WITHIN_S
    while (left := still_connected(site, tabs)) and time.monotonic() < deadline:
        for tab in left:
            with suppress(OSError):
                tab.ask(MESSAGES - 100)
        most = max(most, process.memory_info().rss)
        await asyncio.sleep(1 / PER_S)
    assert not left, f"{len(left)} sockets are open that read nothing"
    return most / 1e6


async def warm_up(site: Site) -> None:
    """Have as many tabs ask and read, so that what the server needs for that is not counted: threads, caches."""
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(Visitor(site)) for _ in range(SOCKETS)]
        tabs = [await stack.enter_async_context(visitor.tab()) for visitor in visitors]
        for tab in tabs:
            await tab.boot("/chat")
        await asyncio.gather(*map(ask_and_read, tabs), post_some(tabs[0]))


async def post_some(tab: Tab) -> None:
    """Post, so that every database connection has read what is new."""
    for n in range(ASKED):
        await post(tab, f"warming up {n}")


async def ask_and_read(tab: Tab) -> None:
    """Ask several times and read the answers."""
    answers: list[State] = []
    tab.watch = answers.append
    for asked in range(1, ASKED + 1):
        await tab.call(f"{tab.find('chat_state')}.repair", {"after": MESSAGES - 100}, path="/chat")
        await tab.until(lambda enough=asked: len([a for a in answers if "settled" in str(a)]) >= enough)


def dropped(site: Site) -> float:
    """What the metrics say, which are made anew once a second."""
    return sum(n for (name, *_), n in scrape(site).items() if name == "portfolio_sockets_dropped_total")


async def test_sockets_that_ask_and_read_nothing_cost_little_and_are_closed(site: Site) -> None:
    await warm_up(site)
    async with Visitor(site) as visitor, visitor.tab() as tab:
        await tab.boot("/chat")
        with deaf_tabs(site) as tabs:
            before = psutil.Process(site.process.pid).memory_info().rss / 1e6
            asking = asyncio.create_task(ask_without_reading(site, tabs))
            slowest = 0.0
            while not asking.done():
                began = time.monotonic()
                await post(tab, f"beside them {began}", path="/chat")
                slowest = max(slowest, time.monotonic() - began)
                await asyncio.sleep(0.5)
            grown = await asking - before
        assert grown < MOST_MEMORY_MB, f"{grown:.1f} MB for {SOCKETS} sockets"
        assert slowest < unread.STALLED_S, "a post waited for a socket that reads nothing"
        await until(lambda: dropped(site) > 0)
    assert "did not read" in site.output()
    assert "Traceback" not in site.output()
