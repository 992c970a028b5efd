"""Posts: how many messages a second the site takes from many authors at once, each stored before it is shown."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, text

from benchmarks.fanout.crowd import Crowd, PhaseError
from benchmarks.fanout.systems import Site, build_site
from benchmarks.fanout.tab import Tab
from benchmarks.fanout.tally import Tally
from benchmarks.rows import Row, Sheet, percentile, summary, worded
from benchmarks.server import CLIENT_CORE, Server, free_port, pin
from benchmarks.usage import Usage
from portfolio_app.settings import Settings
from tests.servers import PostgresServer, postgres_server

AUTHORS: Final = 24
CLIENT_BUSY: Final = 0.85
SEEN_WITHIN_S: Final = 30.0
WARM_UP_S: Final = 1.0
UNITS: Final = {
    "posts_per_s": "1/s",
    "post_p50_ms": "ms",
    "post_p99_ms": "ms",
    "server_cpu_ms": "ms",
    "client_busy": "cores",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure."""

    rounds: int
    seconds: float


FULL = Scope(rounds=3, seconds=8.0)
QUICK = Scope(rounds=1, seconds=2.0)


class PostgresSite(Site):
    """The site on the database it has in production."""

    name = "portfolio_app-postgresql"

    def __init__(self, database_url: str) -> None:
        super().__init__()
        self.database_url = database_url

    def env(self, port: int, scratch: Path, /) -> dict[str, str]:
        """As the site, with its database."""
        return super().env(port, scratch) | {"DATABASE_URL": self.database_url}


class Authors:
    """Tabs of as many visitors in one room; each posts its next message as soon as it sees its last one."""

    def __init__(self, system: Site, server: Server) -> None:
        self.posted = 0
        self._tally = Tally(0)
        self._server = server
        self._crowd = Crowd(system)
        self._numbers = itertools.count(1)

    async def join(self) -> None:
        """Enter the room."""
        await self._crowd.join(self._server.port, AUTHORS)
        await self._crowd.quiet()

    async def post(self, seconds: float) -> list[float]:
        """Post for so long; seconds until its author saw each message. Raises `PhaseError`."""
        self._tally, took = self._crowd.new_tally(), list[float]()
        deadline = time.perf_counter() + seconds

        async def post_until_then(tab: Tab) -> None:
            while (started := time.perf_counter()) < deadline:
                number = next(self._numbers)
                self._tally.expect(number)
                await tab.post_and_see(number)
                took.append(time.perf_counter() - started)

        try:
            async with asyncio.timeout(seconds + SEEN_WITHIN_S), asyncio.TaskGroup() as group:
                for tab in self._crowd.tabs:
                    group.create_task(post_until_then(tab))
        except TimeoutError:
            raise PhaseError(f"an author did not see a message within {SEEN_WITHIN_S:.0f} s") from None
        self.posted += len(took)
        return took

    async def settle(self) -> None:
        """Wait until every tab has what was posted. Raises `PhaseError` when one has not, or has it twice."""
        await self._crowd.quiet()
        if faults := self._tally.faults():
            raise PhaseError(faults)

    def leave(self) -> None:
        """Close the tabs."""
        self._crowd.close()


async def run(*, quick: bool) -> list[Row]:
    """Measure on both databases in turns; takes about a minute and a half, or 20 seconds when quick."""
    build_site()
    pin(CLIENT_CORE)
    scope = QUICK if quick else FULL
    rows: list[Row] = []
    with postgres_server() as postgres:
        for round_ in range(1, scope.rounds + 1):
            for system in (Site(), PostgresSite(_new_database(postgres, round_))):
                print(f"posts round {round_}: {system.name}", flush=True)
                rows += await _round(system, scope, round_)
    return rows


def _new_database(postgres: PostgresServer, round_: int) -> str:
    name = f"posts_{round_}"
    postgres.psql(f"CREATE DATABASE {name};")
    return postgres.database_url(name)


async def _round(system: Site, scope: Scope, round_: int) -> list[Row]:
    sheet = Sheet("posts", system.name, AUTHORS, round_, UNITS)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="posts-")))
        port = free_port()
        env = system.env(port, scratch)
        server = await Server.start(system.command(port), env, scratch, port, system.ready_path)
        authors = Authors(system, server)
        try:
            values = await _measure(server, authors, scope.seconds)
            _check_stored(Settings.from_env(env).database_url, authors.posted)
        except PhaseError as failure:
            return sheet.missing(str(failure))
        finally:
            authors.leave()
            await server.stop()
    return sheet.rows(values)


async def _measure(server: Server, authors: Authors, seconds: float) -> dict[str, float]:
    await authors.join()
    await authors.post(WARM_UP_S)
    await authors.settle()
    usage, cpu, started = Usage(server), server.cpu_s(), time.perf_counter()
    took = await authors.post(seconds)
    values = {
        "posts_per_s": len(took) / (time.perf_counter() - started),
        "post_p50_ms": percentile(took, 50) * 1000,
        "post_p99_ms": percentile(took, 99) * 1000,
        "server_cpu_ms": (server.cpu_s() - cpu) / len(took) * 1000,
        "client_busy": usage.so_far().client,
    }
    await authors.settle()
    return values


def _check_stored(database_url: str, posted: int) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT count(*) FROM messages")).scalar_one()
    engine.dispose()
    if stored != posted:
        raise PhaseError(f"{posted} messages were shown, {stored} are stored")


def report(rows: list[Row]) -> Iterable[str]:
    """Both databases."""
    measured = [row for row in rows if row.measure == "posts"]
    yield f"\nPosts: {AUTHORS} authors in one room (median of the rounds, lowest and highest)"
    for system in dict.fromkeys(row.system for row in measured):
        for metric, unit in UNITS.items():
            yield f"  {system:26} {metric:13} {worded(measured, system, AUTHORS, metric, unit)}"
        busy = summary(measured, system, AUTHORS, "client_busy")
        if busy is not None and busy.high > CLIENT_BUSY:
            yield f"  warning: {system}: the load client used {busy.high:.0%} of a core"
