"""A visitor who sends each kind of request once, so that what the site loads at its first use is loaded."""

import asyncio
import secrets
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.abuses.target import LimitedSite, Target

QUIET_S: Final = 2.0
"""Without an answer for so long, a tab has all it asked for."""


class _Visitor(Target):
    """A visitor with an address that no abuser has."""

    def address(self, _network: str) -> tuple[str, int] | None:
        return "127.0.3.1", 0


async def warm(port: int) -> None:
    """Ask for pages, send forms, begin a run, and have a tab send each event."""
    visitor = _Visitor(LimitedSite(hops=0), port)
    name = f"warm{secrets.token_hex(4)}"
    account = {"email": f"{name}@example.org", "username": name, "password": f"horse {secrets.token_hex(8)}"}
    async with visitor.client("") as client:
        await client.get("/chat", headers={"accept": "text/html"})
        await client.post("/session/exchange", data={"ticket": secrets.token_urlsafe(32), "next": "/"})
        registered = await client.post("/unsent/register", data=account)
        if registered.status_code >= 400:
            raise RuntimeError(f"the site was not warmed: registering gave {registered.status_code}")
        await client.post("/unsent/reset", data={"account": name})
        await client.post("/api/burst/runs", json={"size": 1000, "workers": 1, "mode": "noop"})
    guess = {"form": {"email": account["email"], "password": secrets.token_hex(8)}}
    told = {"info": "Error: warm", "component_stack": "at x"}
    page = {"toward": "time", "low": 0, "high": 2**53, "at": 0}
    event = visitor.system.event
    frames = (
        event("chat_state.repair", {"after": 0}),
        event("chat_state.read_page", page),
        event("search_state.search", {"form": {"query": "e"}}),
        event("frontend_event_exception_state.handle_frontend_exception", told),
        event("attack_state.run", {"name": "forged-room"}, "/attacks"),
        event("sign_in_state.submit", guess, "/"),
        event("identity_state.sign_out", {}),
    )
    async with AsyncExitStack() as stack:
        line = await visitor.tab("", stack)
        for frame in frames:
            await line.send(frame)
            try:
                while True:
                    async with asyncio.timeout(QUIET_S):
                        await line.recv()
            except TimeoutError:
                pass
