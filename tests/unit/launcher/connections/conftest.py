"""The smallest site, served over the connections that the real one has."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from portfolio_app.http.transport.headers import CUT_OFF, PARSED
from portfolio_app.infra.descriptors import descriptors
from portfolio_app.launcher import deadlines
from portfolio_app.launcher.protocols import Http
from portfolio_app.launcher.websockets import Websocket

LARGE = b"x" * 20_000_000


class Site:
    """The smallest site: reads a body (but of `/unread`), answers, and notes what websockets say."""

    def __init__(self) -> None:
        self.port = 0
        self.open: set[Any] = set()
        self.said: list[str] = []
        self.served = 0
        self.bodies: list[bytes] = []
        self.left = asyncio.Event()
        self.may_read = asyncio.Event()
        self.extension: dict[str, Any] = {}
        self.headers: list[tuple[bytes, bytes]] = []
        self.parsed: Callable[[], float] = float
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
            return
        self.headers, self.parsed = scope["headers"], scope["extensions"][PARSED]["call"]
        if scope["path"] == "/unread":
            await self.may_read.wait()
            await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        message: Message = {"more_body": True}
        self.bodies.append(b"")
        while message.get("more_body"):
            if (message := await receive())["type"] == "http.disconnect":
                return
            self.bodies[-1] += message["body"]
        if scope["path"] == "/parts":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"a part", "more_body": True})
            await self.may_read.wait()
            for _ in range(1_000):
                await send({"type": "http.response.body", "body": b"x" * 1_000, "more_body": True})
                await asyncio.sleep(0)
            await send({"type": "http.response.body", "body": b""})
            self.ended.set()
            return
        self.served += 1
        body = {"/large": LARGE, "/some": LARGE[:20_000]}.get(scope["path"], b"hello")
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.extension = scope["extensions"][CUT_OFF]
        self.extension["on_left"](self.left.set)
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            await self.may_read.wait()
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            self.said.append(message.get("text") or "")


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """What was closed in this test, by reason."""
    descriptors.closed.clear()
    monkeypatch.setattr(descriptors, "_short_at", float("-inf"))
    for name in ("HEAD_S", "BODY_S", "UNREAD_S"):
        monkeypatch.setattr(deadlines, name, 600.0)
    yield descriptors.closed
    descriptors.closed.clear()


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    app = Site()
    config = uvicorn.Config(
        app, http=Http, ws=Websocket, lifespan="off", log_config=None, timeout_keep_alive=600
    )
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: Http(config, state, {}), "127.0.0.1", 0)
    app.port = server.sockets[0].getsockname()[1]
    app.open = state.connections
    yield app
    server.close()
    app.may_read.set()
    for connection in list(state.connections):
        connection.transport.abort()
    async with asyncio.timeout(10):
        while state.tasks:
            await asyncio.sleep(0.001)


@asynccontextmanager
async def line_to(site: Site) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    try:
        yield reader, writer
    finally:
        writer.close()
