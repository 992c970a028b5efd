"""Abuses of connections and plain requests: too many, too long, unfinished, unread, malformed, without effect."""

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from benchmarks.abuses.target import Target, broken_off, together

CLIENTS: Final = 20
LINES: Final = 10
"""Connections of each abuse that sends as fast as it can."""
NETWORK: Final = "203.0.113.1"
_BURST_S: Final = 0.05
"""Between two connections of a client that the site has closed one of."""


async def requests(target: Target) -> None:
    """Pages of one network, as fast as they are answered."""

    async def ask(client: httpx.AsyncClient) -> None:
        await client.get("/chat", headers={"accept": "text/html"})

    await _clients(target, "requests", ask)


async def effects(target: Target) -> None:
    """Forms of guests that write rows: tickets that are none, registrations, reset links."""
    numbers = itertools.count()

    async def post(client: httpx.AsyncClient) -> None:
        name = f"n{next(numbers)}-{secrets.token_hex(4)}"
        account = {"email": f"{name}@example.org", "username": name, "password": "correct horse battery"}
        await client.post("/session/exchange", data={"ticket": secrets.token_urlsafe(32), "next": "/"})
        await client.post("/unsent/register", data=account)
        await client.post("/unsent/reset", data={"account": name})

    await _clients(target, "effects", post)


async def records(target: Target) -> None:
    """Runs of the burst with answers that were never given."""

    async def invent(client: httpx.AsyncClient) -> None:
        run = (await client.post("/api/burst/runs", json={"size": 1000, "workers": 1, "mode": "noop"})).json()
        ticket = {"x-burst-ticket": f"{run['run']}.{run['ticket']}"}
        answers = [[n, None, 200, n, n + 1, 0] for n in range(500)]
        await client.post(f"/api/burst/runs/{run['run']}/answers", json={"answers": answers}, headers=ticket)
        end = {"sent": 500, "cancelled": False}
        await client.post(f"/api/burst/runs/{run['run']}/finish", json=end, headers=ticket)

    await _clients(target, "records", invent, 4)


async def odd(target: Target) -> None:
    """Addresses with control characters, preflights, hosts that are missing or doubled."""
    host = f"Host: localhost:{target.port}\r\n"
    preflight = "Origin: https://x.example\r\nAccess-Control-Request-Method: GET"
    asked = itertools.cycle(
        (
            f"GET /x%0ay HTTP/1.1\r\n{host}\r\n",
            f"OPTIONS /api/runs HTTP/1.1\r\n{host}{preflight}\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            f"GET / HTTP/1.1\r\n{host}{host}\r\n",
            "\x00\x01 / nothing\r\n\r\n",
        )
    )
    await _lines(target, "odd", lambda: next(asked).encode())


async def unfinished(target: Target) -> None:
    """Connections that say a little and then nothing, again and again."""

    async def wait(beginning: bytes) -> None:
        while True:
            with broken_off():
                reader, writer = await target.line(NETWORK)
                writer.write(beginning)
                target.done["unfinished"] += 1
                await reader.read()
                writer.close()

    beginnings = (b"", b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n1")
    await together(wait(each) for each in beginnings for _ in range(CLIENTS * 10))


async def pipelined(target: Target) -> None:
    """Tiny requests, thousands of them in each write."""
    await _lines(target, "pipelined", lambda: target.head(NETWORK, "GET /api/live") * 2_000)


async def headers(target: Target) -> None:
    """Requests with thousands of headers."""
    many = [f"x{n}: y" for n in range(5_000)]
    await _lines(target, "headers", lambda: target.head(NETWORK, "GET /", *many))


async def trailers(target: Target) -> None:
    """Bodies in chunks that end in headers without end."""
    head = target.head(NETWORK, "POST /session/exchange", "Transfer-Encoding: chunked")
    await _lines(target, "trailers", lambda: head + b"0\r\n" + b"x: y\r\n" * 20_000)


async def chunks(target: Target) -> None:
    """Bodies in chunks of a byte each."""
    head = target.head(NETWORK, "POST /session/exchange", "Transfer-Encoding: chunked")
    await _lines(target, "chunks", lambda: head + b"1\r\nx\r\n" * 20_000)


async def deaf(target: Target) -> None:
    """Pages that are asked for again and again, and never read."""

    async def ask() -> None:
        while True:
            with broken_off():
                _, writer = await target.line(NETWORK)
                writer.transport.pause_reading()
                try:
                    async with asyncio.timeout(60):
                        while True:
                            writer.write(target.head(NETWORK, "GET /chat", "Accept: text/html"))
                            target.done["deaf"] += 1
                            await writer.drain()
                            await asyncio.sleep(0.1)
                finally:
                    writer.transport.abort()

    await together(ask() for _ in range(CLIENTS * 2))


async def _clients(
    target: Target, name: str, ask: Callable[[httpx.AsyncClient], Awaitable[None]], clients: int = CLIENTS
) -> None:
    """Have so many clients of a network ask, again as soon as they are answered."""

    async def go_on(client: httpx.AsyncClient) -> None:
        while True:
            with broken_off():
                try:
                    await ask(client)
                except (KeyError, ValueError):  # a refusal, where a run was asked for
                    await asyncio.sleep(1)
                target.done[name] += 1

    async with target.client(NETWORK) as client:
        await together(go_on(client) for _ in range(clients))


async def _lines(target: Target, name: str, said: Callable[[], bytes]) -> None:
    """Have some connections say this, and come back as soon as they are answered or closed."""

    async def say() -> None:
        while True:
            with broken_off():
                reader, writer = await target.line(NETWORK)
                try:
                    writer.write(said())
                    target.done[name] += 1
                    async with asyncio.timeout(30):
                        writer.write_eof()
                        while await reader.read(65_536):
                            pass
                finally:
                    writer.transport.abort()
            await asyncio.sleep(_BURST_S)

    await together(say() for _ in range(LINES))
