"""Sign-ins: how long posts of others take while 500 visitors sign in at once, and again as soon as all are answered.

They are there before as well, and are shown the posts: what is compared is their signing in.

A third has the right password, a third a wrong one, a third a name that nobody has. They are a process of their own
(`python -m benchmarks.signins PORT`), behind the one that measures.
"""

import asyncio
import itertools
import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import uvloop
from websockets.asyncio.client import ClientConnection

from benchmarks import abuse
from benchmarks.abuse import Scope
from benchmarks.abuses.target import LimitedSite, Target
from benchmarks.rows import Row, Sheet, worded
from benchmarks.server import CLIENT_CORE, Server, client, free_port, pin
from benchmarks.turns import in_turns
from portfolio_app import bootstrap, maintenance
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.caller import Caller
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.settings import Settings

VISITORS: Final = 500
MEMBERS: Final = 10
PASSWORD: Final = "correct horse battery"
EVERY_S: Final = 4.0
"""Between two volleys at least: more wrong passwords of a network would not even be compared."""
READY: Final = "ready"
UNITS: Final = {"post_p50_ms": "ms", "post_p95_ms": "ms", "post_p95_ratio": "x idle", "answered": "sign-ins"}
FULL = Scope(rounds=3, seconds=20.0)
QUICK = Scope(rounds=1, seconds=8.0)


async def run(*, quick: bool) -> list[Row]:
    """Measure beside an idle site; takes about three minutes, or 40 seconds when quick."""
    scope = QUICK if quick else FULL
    return await in_turns("signins", scope.rounds, {f"{VISITORS} visitors": scope}, _round)


async def _round(scope: Scope, round_: int) -> list[Row]:
    system = LimitedSite()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="signins-")))
        port = free_port()
        env = system.env(port, scratch)
        await _register(Settings.from_env(env))
        server = await Server.start(system.command(port), env, scratch, port, system.ready_path)
        try:
            async with AsyncExitStack() as tabs:
                target = Target(system, port)
                authors = [await target.tab(f"198.51.100.{n}", tabs) for n in range(abuse.VISITORS)]
                await abuse.posts_of(system, authors, 2.0)
                with client(__name__, str(port)) as crowd:
                    assert crowd.stdin is not None
                    assert crowd.stdout is not None
                    coming = asyncio.create_task(asyncio.to_thread(crowd.stdout.readline))
                    while not coming.done():  # a tab that reads nothing meanwhile would be dropped
                        await abuse.posts_of(system, authors, 5.0)
                    if coming.result().strip() != READY:
                        raise RuntimeError("the visitors did not come")
                    idle = await abuse.posts_of(system, authors, scope.seconds)
                    crowd.stdin.write("\n")
                    beside = await abuse.posts_of(system, authors, scope.seconds)
                    crowd.terminate()
                    answered = len(await asyncio.to_thread(crowd.stdout.readlines))
        finally:
            await server.stop()
    if answered < VISITORS / 2:
        raise RuntimeError(f"{answered} sign-ins were answered")
    sheet = Sheet("signins", system.name, VISITORS, round_, UNITS)
    return abuse.rows_beside_idle(sheet, idle, "signins", beside, answered=answered)


async def _register(settings: Settings) -> None:
    maintenance.migrate(settings)
    async with bootstrap.build(settings) as services:
        for number in range(MEMBERS):
            caller = Caller(SessionSecret.generate().session_id, f"192.0.2.{number}", "request")
            name = f"member-{number}"
            await services.register(caller, RegisterCommand(f"{name}@example.org", name, PASSWORD))


@dataclass(slots=True)
class _Visitor:
    line: ClientConnection
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        """Answer pings, and see when a sign-in is answered."""
        async for frame in self.line:
            if frame == "2":
                await self.line.send("3")
            elif '"busy_rx_state_":false' in str(frame).replace(" ", ""):
                self.answered.set()


async def _sign_in(port: int) -> None:
    target, numbers = Target(LimitedSite(), port), itertools.count()

    async def sign_in(visitor: _Visitor, number: int) -> None:
        kind, name = number % 3, f"member-{number % MEMBERS}"
        login = f"nobody-{next(numbers)}" if kind == 2 else name
        domain = "@example.org" if number % 2 else ""  # an address is compared twice
        form = {"email": f"{login}{domain}", "password": PASSWORD if kind == 0 else f"wrong {number}"}
        visitor.answered.clear()
        await visitor.line.send(target.system.event("sign_in_state.submit", {"form": form}, "/"))
        await visitor.answered.wait()
        print("answered", flush=True)

    async with AsyncExitStack() as tabs:
        visitors = []
        for n in range(VISITORS):
            visitors.append(_Visitor(await target.tab(f"10.9.{n // 250}.{n % 250}", tabs)))
            reading = asyncio.create_task(visitors[-1].read())
            tabs.callback(reading.cancel)
        print(READY, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        while True:
            answered = asyncio.gather(*(sign_in(visitor, number) for number, visitor in enumerate(visitors)))
            await asyncio.gather(answered, asyncio.sleep(EVERY_S))


def report(rows: list[Row]) -> Iterable[str]:
    """Posts of others, idle and meanwhile."""
    measured = [row for row in rows if row.measure == "signins"]
    if not measured:
        return
    yield f"\nSign-ins: {VISITORS} at once, and a post of somebody else (median of the rounds, lowest and highest)"
    for kind in ("idle", "signins"):
        for metric in (
            "post_p50_ms",
            "post_p95_ms",
            *(("post_p95_ratio", "answered") if kind != "idle" else ()),
        ):
            of_kind = [row for row in measured if row.kind == kind]
            yield f"  {kind:8} {metric:15} {worded(of_kind, LimitedSite.name, VISITORS, metric, UNITS[metric])}"


if __name__ == "__main__":
    os.nice(10)
    pin(CLIENT_CORE)
    uvloop.run(_sign_in(int(sys.argv[1])))
