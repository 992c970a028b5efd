"""A browser tab without a browser: engine.io and socket.io by hand, so that a test can break every rule."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response

from tests.waiting import PATIENCE_S

HYDRATE = "reflex___state____state.hydrate_and_load"
State = dict[str, dict[str, Any]]


class Refused(Exception):
    """The handshake was answered with an error: its `status`, and all that is known of why."""

    def __init__(self, answer: Response, address: str, sent: Mapping[str, str], origin: str | None) -> None:
        said = bytes(answer.body or b"").decode(errors="replace").strip() or "without a word"
        request = answer.headers.get("x-request-id", "without an id")
        cookie = "a cookie" if "Cookie" in sent else "no cookie"
        super().__init__(
            f"handshake refused with {answer.status_code}, {said}: request {request} to {address} with {cookie}, "
            f"origin {origin or 'not sent'}"
        )
        self.status = answer.status_code


class Tab:
    """One websocket. `state` is what a page would show: the deltas, merged, without field markers."""

    def __init__(self, socket: ClientConnection, token: str) -> None:
        self.socket = socket
        self.token = token
        self.state: State = {}
        self.events: list[dict[str, Any]] = []
        self.frames: list[str] = []
        self.close_code: int | None = None
        self.watch: Callable[[State], None] | None = None
        """Called with every delta, before the next one overwrites it in `state`."""
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @property
    def set_cookie(self) -> str | None:
        """The Set-Cookie header of the handshake."""
        return self.socket.response.headers.get("set-cookie")

    async def boot(self, path: str = "/", *, payload: dict[str, Any] | None = None) -> "Tab":
        """Connect the namespace as a page does, and wait until the page has loaded."""
        event = {"name": HYDRATE, "payload": payload or {}, "router_data": route(path)}
        await self.raw("40/_event," + json.dumps({"event": event}))
        await self.until(lambda: self.state.get("reflex___state____state", {}).get("is_hydrated"))
        return self

    async def raw(self, frame: str | bytes) -> None:
        """Send a websocket frame as it is."""
        with contextlib.suppress(ConnectionClosed):
            await self.socket.send(frame)

    async def call(self, name: str, payload: Any = None, *, path: str = "/") -> None:
        """Send a Reflex event."""
        event = {"name": name, "payload": {} if payload is None else payload, "router_data": route(path)}
        await self.raw("42/_event," + json.dumps(["event", event]))

    async def until(self, happened: Any, within: float = PATIENCE_S) -> None:
        """Wait until `happened()` is true or the socket is closed; TimeoutError otherwise."""
        async with asyncio.timeout(within), self._changed:
            while not happened():
                if self.close_code is not None:
                    raise AssertionError(f"closed with {self.close_code} while waiting")
                await self._changed.wait()

    async def closed(self, within: float = PATIENCE_S) -> int:
        """Wait for the close; returns its code."""
        async with asyncio.timeout(within):
            await asyncio.shield(self._reader)
        assert self.close_code is not None
        return self.close_code

    async def settle(self) -> None:
        """Wait for the answer to a form sent now: what was sent before it has been handled and answered by then."""
        form = self.find("register_state")
        self.state[form]["busy"] = None
        await self.call(f"{form}.submit", {"form": {}}, path="/register")
        await self.until(lambda: self.state[form]["busy"] is False)

    def value(self, state: str, var: str) -> Any:
        """A var of the state whose full name ends with `state`; None if the server never sent it."""
        return next((shown.get(var) for name, shown in self.state.items() if name.endswith(state)), None)

    def find(self, state: str) -> str:
        """The full name of the state that ends with `state`. AssertionError if the server has sent none."""
        found = next((name for name in self.state if name.endswith(state)), None)
        assert found is not None, (
            f"no state that ends with {state!r} has come; these have: {sorted(self.state)}"
        )
        return found

    async def _read(self) -> None:
        try:
            async for frame in self.socket:
                await self._take(str(frame))
        except ConnectionClosed:
            pass
        async with self._changed:
            self.close_code = self.socket.close_code or 1006
            self._changed.notify_all()

    async def _take(self, frame: str) -> None:
        if frame == "2":
            await self.raw("3")
            return
        async with self._changed:
            self.frames.append(frame)
            if frame.startswith("42/_event,"):
                self._merge(json.loads(frame.removeprefix("42/_event,")))
            self._changed.notify_all()

    def _merge(self, packet: list[Any]) -> None:
        if packet[0] != "event":
            return
        update = packet[1]
        if self.watch is not None:
            self.watch(update.get("delta") or {})
        for name, delta in (update.get("delta") or {}).items():
            shown = self.state.setdefault(name, {})
            shown.update({var.removesuffix("_rx_state_"): value for var, value in delta.items()})
        self.events.extend(update.get("events") or [])


def route(path: str) -> dict[str, Any]:
    """Where a page at `path` says it is."""
    return {"pathname": path, "asPath": path, "query": {}}


def _address(url: str | None) -> dict[str, Any]:
    parts = urlsplit(url or "")
    return {"host": "127.0.0.1", "port": parts.port} if url else {}


@contextlib.asynccontextmanager
async def open_tab(
    base_url: str,
    *,
    cookie: str | None = None,
    origin: str | None = "same",
    token: str | None = None,
    headers: dict[str, str] | None = None,
    query: str | None = None,
    through: str | None = None,
) -> AsyncIterator[Tab]:
    """Open a websocket as a tab of the site would; `origin` None sends none. Raises `Refused`.

    `through` is where the site really answers, if the tab knows it by another address.
    """
    token = token or str(uuid.uuid4())
    query = query if query is not None else f"EIO=4&transport=websocket&token={token}"
    sent = dict(headers or {})
    if cookie is not None:
        sent["Cookie"] = cookie
    address = f"{base_url.replace('http', 'ws', 1)}/_event/?{query}"
    origin = base_url if origin == "same" else origin
    try:
        socket = await connect(
            address,
            origin=origin,  # type: ignore[arg-type]
            additional_headers=sent,
            proxy=None,
            **_address(through),
            max_size=None,
            compression=None,
        )
    except InvalidStatus as error:
        raise Refused(error.response, address, sent, origin) from None
    tab = Tab(socket, token)
    try:
        yield tab
    finally:
        await socket.close()
        await tab._reader
