"""Calls ASGI apps by hand."""

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = dict[str, str]


class Answer:
    """What an app sent for one HTTP request."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.messages[1:]).decode()

    def all(self, name: str) -> list[str]:
        return [
            value.decode()
            for key, value in self.messages[0]["headers"]
            if key.decode().lower() == name.lower()
        ]

    def header(self, name: str) -> str | None:
        found = self.all(name)
        assert len(found) < 2, f"{name} was sent {len(found)} times"
        return found[0] if found else None


class Inner:
    """The app behind the middleware: remembers the scope it saw."""

    def __init__(self, status: int = 200, content_type: str = "text/html; charset=utf-8") -> None:
        self.status = status
        self.content_type = content_type
        self.seen: list[Scope] = []
        self.body = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": message["text"]})
            return
        more = True
        while more:
            message = await receive()
            self.body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = [(b"content-type", self.content_type.encode())] if self.content_type else []
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})

    def headers(self) -> Headers:
        """The headers the app saw last."""
        return {name.decode(): value.decode() for name, value in self.seen[-1]["headers"]}


def scope_of(kind: str, path: str, headers: Headers | None, **more: Any) -> Scope:
    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return {
        "type": kind,
        "path": path,
        "headers": raw,
        "query_string": b"",
        "client": ("10.0.0.9", 1),
        **more,
    }


async def request(
    app: ASGIApp,
    path: str = "/",
    headers: Headers | None = None,
    *,
    method: str = "GET",
    chunks: tuple[bytes, ...] = (b"",),
    client: tuple[str, int] = ("10.0.0.9", 1),
    extensions: dict[str, Any] | None = None,
) -> Answer:
    """Send an HTTP request."""
    answer = Answer()
    parts = list(chunks)

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Message) -> None:
        answer.messages.append(message)

    await app(
        scope_of("http", path, headers, method=method, client=client, extensions=extensions or {}),
        receive,
        send,
    )
    return answer


class Handshake:
    """A websocket driven from the client's side."""

    def __init__(
        self, app: ASGIApp, headers: Headers | None, query: bytes, path: str, extensions: dict[str, Any]
    ) -> None:
        self.sent: list[Message] = []
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        scope = scope_of(
            "websocket", path, headers, query_string=query, subprotocols=[], extensions=extensions
        )
        self.task = asyncio.create_task(self._run(app, scope))

    async def _run(self, app: ASGIApp, scope: Scope) -> None:
        async def send(message: Message) -> None:
            self.sent.append(message)
            if message["type"] == "websocket.close":
                self._inbox.put_nowait({"type": "websocket.disconnect", "code": message.get("code", 1000)})

        await app(scope, self._inbox.get, send)

    async def settle(self) -> "Handshake":
        for _ in range(20):
            await asyncio.sleep(0)
        return self

    async def say(self, text: str | None = None, data: bytes | None = None) -> None:
        await self._inbox.put({"type": "websocket.receive", "text": text, "bytes": data})
        await self.settle()

    async def leave(self) -> None:
        await self._inbox.put({"type": "websocket.disconnect", "code": 1000})
        await self.task

    @property
    def accepted(self) -> bool:
        return any(message["type"] == "websocket.accept" for message in self.sent)

    @property
    def close_code(self) -> int | None:
        return next((m.get("code", 1000) for m in self.sent if m["type"] == "websocket.close"), None)

    @property
    def echoes(self) -> list[str]:
        return [message["text"] for message in self.sent if message["type"] == "websocket.send"]

    def header(self, name: str) -> str | None:
        accept = next(message for message in self.sent if message["type"] == "websocket.accept")
        return next(
            (value.decode() for key, value in accept.get("headers", []) if key.decode() == name), None
        )


async def handshake(
    app: ASGIApp,
    headers: Headers | None = None,
    *,
    query: bytes = b"EIO=4&transport=websocket&token=0123456789abcdef",
    path: str = "/_event/",
    extensions: dict[str, Any] | None = None,
) -> Handshake:
    """Open a websocket."""
    return await Handshake(app, headers, query, path, extensions or {}).settle()
