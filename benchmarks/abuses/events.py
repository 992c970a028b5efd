"""Abuses of websockets: tabs that ask for all they can, read nothing, come and go, or send malformed events."""

import asyncio
import itertools
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

from websockets.asyncio.client import ClientConnection

from benchmarks.abuses.target import Target, broken_off, together

SOCKETS: Final = 20
EVENTS_PER_S: Final = 28
"""Of a socket: just below what the frame filter lets through."""
NETWORKS: Final = 8
SIGN_INS: Final = 50
_DEEPEST: Final = 960
"""Nested brackets: where Python's own limit is."""


async def events(target: Target) -> None:
    """Sockets of a network that ask for all the room has, as often as they may, and read the answers."""
    await _ask(target, "events", lambda: target.system.event("chat_state.repair", {"after": 0}))


async def crowd(target: Target) -> None:
    """The same from several networks at once."""
    await _ask(target, "crowd", lambda: target.system.event("chat_state.repair", {"after": 0}), NETWORKS)


async def unread(target: Target) -> None:
    """The same without reading the answers."""
    frame = target.system.event("chat_state.repair", {"after": 0})
    await _ask(target, "unread", lambda: frame, NETWORKS, sockets=SOCKETS // 4, reads=False)


async def history(target: Target) -> None:
    """Pages of the room's history at times that are looked for by halving."""

    def page() -> str:
        wanted = {"toward": "time", "low": 0, "high": 2**53, "at": secrets.randbelow(2**41)}
        return target.system.event("chat_state.read_page", wanted)

    await _ask(target, "history", page)


async def searches(target: Target) -> None:
    """Searches for words that most messages have."""

    def search() -> str:
        return target.system.event(
            "search_state.search", {"form": {"query": secrets.choice("abcdehimnorst")}}
        )

    await _ask(target, "searches", search)


async def reports(target: Target) -> None:
    """Errors that a browser reports, each of them new."""

    def report() -> str:
        told = {"info": f"Error: {secrets.token_hex(500)}", "component_stack": "at x" * 500}
        return target.system.event("frontend_event_exception_state.handle_frontend_exception", told)

    await _ask(target, "reports", report)


async def posts(target: Target) -> None:
    """Messages of 600 emoji, as many as each network may post."""

    def post() -> str:
        message = {"client_id": secrets.token_hex(8), "body": "\U0001f600" * 600}
        return target.system.event("chat_state.send", message)

    await _ask(target, "posts", post, NETWORKS, sockets=1)


async def sandboxes(target: Target) -> None:
    """Attacks of the attacks page, each in a room that is made for it."""
    frame = target.system.event("attack_state.run", {"name": "forged-room"}, "/attacks")
    await _ask(target, "sandboxes", lambda: frame, NETWORKS, sockets=2)


async def sign_outs(target: Target) -> None:
    """Sign-outs of those who are not signed in, which begin a session each."""
    frame = target.system.event("identity_state.sign_out", {})
    await _ask(target, "sign-outs", lambda: frame, NETWORKS, sockets=2)


async def nested(target: Target) -> None:
    """Nested brackets, other packets, and malformed JSON."""
    frames = itertools.cycle(
        (
            f'42/_event,["event",{"[" * _DEEPEST}{"]" * _DEEPEST}]',
            '42/_event,["event",{"name":"x","payload":{"a":',
            "42/_event,[]",
            "43/_event,1[]",
        )
    )
    await _ask(target, "nested", lambda: next(frames))


async def joins(target: Target) -> None:
    """Tabs of one network that open, load their page and close, one after the other."""

    async def join() -> None:
        while True:
            with broken_off():
                async with AsyncExitStack() as stack:
                    await target.tab("203.0.113.1", stack)
                    target.done["joins"] += 1
            await asyncio.sleep(0.1)

    await together(join() for _ in range(SOCKETS))


async def leavers(target: Target) -> None:
    """Tabs that close while their page loads."""

    async def leave() -> None:
        while True:
            with broken_off():
                async with target.websocket("203.0.113.2") as line:
                    await line.send(target.system.connect_packet())
                    target.done["leavers"] += 1
            await asyncio.sleep(0.1)

    await together(leave() for _ in range(SOCKETS))


async def sign_ins(target: Target) -> None:
    """Wrong passwords from many networks, fifty at a time."""
    numbers = itertools.count()

    async def guess() -> None:
        while True:
            network = f"10.9.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
            form = {"email": f"nobody{next(numbers)}@example.org", "password": secrets.token_hex(8)}
            with broken_off():
                async with AsyncExitStack() as stack:
                    line = await target.tab(network, stack)
                    for _ in range(5):
                        await line.send(target.system.event("sign_in_state.submit", {"form": form}, "/"))
                        while '"busy_rx_state_":false' not in str(await line.recv()).replace(" ", ""):
                            pass
                        target.done["sign-ins"] += 1

    await together(guess() for _ in range(SIGN_INS))


async def _ask(
    target: Target,
    name: str,
    frame: Callable[[], str],
    networks: int = 1,
    *,
    sockets: int = SOCKETS,
    reads: bool = True,
) -> None:
    """Have so many sockets of each network send frames; one that is closed comes back after a second."""

    async def ask(network: str) -> None:
        while True:
            with broken_off():
                async with AsyncExitStack() as stack:
                    line = await target.tab(network, stack, unread=not reads)
                    reading = asyncio.create_task(read(line) if reads else line.wait_closed())
                    stack.callback(reading.cancel)
                    while not reading.done():
                        await line.send(frame())
                        target.done[name] += 1
                        await asyncio.sleep(1 / EVENTS_PER_S)
            await asyncio.sleep(1)

    await together(ask(f"203.0.113.{n % networks}") for n in range(sockets * networks))


async def read(line: ClientConnection) -> None:
    """Read whatever comes, and answer the server's pings."""
    async for frame in line:
        if frame == "2":
            await line.send("3")
