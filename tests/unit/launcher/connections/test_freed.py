"""What a connection took is free when it has ended, without the garbage collector."""

import asyncio
import weakref
from typing import Any

import pytest
from websockets.asyncio.client import connect

from portfolio_app.launcher.protocols import Http
from portfolio_app.launcher.websockets import Websocket
from tests.unit.launcher.connections.conftest import Site, line_to
from tests.unit.launcher.connections.test_deadlines import GET, POST

pytestmark = pytest.mark.usefixtures("no_collector")


async def opened(site: Site, kind: type[Any] = Http) -> weakref.ref[Any]:
    """The one connection."""
    async with asyncio.timeout(10):
        while not any(isinstance(one, kind) for one in site.open):
            await asyncio.sleep(0.001)
    [found] = site.open
    return weakref.ref(found)


async def freed(site: Site, connection: weakref.ref[Any]) -> None:
    """Wait until it is gone; what the site under test keeps of it by itself is none of its doing."""
    async with asyncio.timeout(10):
        while connection() is not None:
            site.parsed = float
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", GET, POST, POST[:-5], GET * 200, b"\0 nothing\r\n\r\n"])
async def test_a_connection(site: Site, sent: bytes) -> None:
    async with line_to(site) as (_, writer):
        connection = await opened(site)
        writer.write(sent)
        await asyncio.sleep(0.05)  # answered, or refused, or waiting
        writer.transport.abort()
    await freed(site, connection)


@pytest.mark.parametrize("leaves", [True, False], ids=["that leaves", "that is closed"])
async def test_a_websocket(site: Site, leaves: bool) -> None:
    site.may_read.set()
    async with connect(f"ws://127.0.0.1:{site.port}/", proxy=None) as client:
        websocket = await opened(site, Websocket)
        await client.send("hello")
        if leaves:
            client.transport.abort()
        else:
            client.transport.write(b"\xf1\x80mask")  # no frame
        await asyncio.wait_for(site.left.wait(), 10)
        site.extension.clear()
    await freed(site, websocket)


async def test_what_was_a_request_before_it_was_a_websocket(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded: list[weakref.ref[Http]] = []
    hand_over = Http.handle_websocket_upgrade

    def noted(self: Http) -> None:
        upgraded.append(weakref.ref(self))
        hand_over(self)

    monkeypatch.setattr(Http, "handle_websocket_upgrade", noted)
    async with connect(f"ws://127.0.0.1:{site.port}/", proxy=None):
        [request] = upgraded
        await freed(site, request)
