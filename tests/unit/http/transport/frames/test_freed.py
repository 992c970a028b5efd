"""What a tab's websocket took is free when it has ended, without the garbage collector."""

import asyncio
import weakref

import pytest
from socketio import AsyncServer

from portfolio_app.http.transport.frames import send_queue
from tests.unit.http.asgi import handshake
from tests.unit.http.site import OWN
from tests.unit.http.transport.frames.test_work import Processor

pytestmark = pytest.mark.usefixtures("no_collector")


async def test_a_tab_that_leaves() -> None:
    server = AsyncServer(async_mode="asgi", namespaces="*", cors_allowed_origins="*")
    send_queue.count(server, Processor().configure())
    tab = await handshake(server.handle_request, OWN | {"upgrade": "websocket", "connection": "upgrade"})
    await tab.say("40/_event,")
    async with asyncio.timeout(20):
        while not tab.accepted:
            await asyncio.sleep(0.001)
    await tab.leave()
    left = weakref.ref(tab)
    del tab
    async with asyncio.timeout(5):
        while left() is not None:
            await asyncio.sleep(0.001)
