"""Mixed abuse: all abuses at once, from eight addresses, beside fifty honest tabs, and four promises that have to hold.

`make abuse MINUTES=30`. The abusers are a process of their own (`python -m benchmarks.mixed --abuse PORT`).
"""

import argparse
import asyncio
import gc
import json
import os
import re
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvloop

from benchmarks.abuses import CASES
from benchmarks.abuses.honest import Honest
from benchmarks.abuses.target import ADDRESSES, LimitedSite, Target
from benchmarks.abuses.warm import warm
from benchmarks.fanout.systems import build_site
from benchmarks.rows import percentile
from benchmarks.server import CLIENT_CORE, ROOT, Server, free_port, pin

TABS: Final = 50
"""Honest ones, each from an address of its own; they post in turn, and all of them read."""
MOST_RATIO: Final = 3.0
MOST_MEMORY: Final = 1.1
AFTER_S: Final = 120.0
IDLE_S: Final = 30.0
BEGUN_WITHIN_S: Final = 120.0
"""After that, abuses that have done nothing yet wait for their turn at a site that is busy with the others."""
READY: Final = "ready"
_MB: Final = 2**20


@dataclass(frozen=True, slots=True)
class Found:
    """The measured values: seconds that posts took, bytes of memory, and what is wrong with messages and log."""

    idle: Sequence[float]
    beside: Sequence[float]
    before: float
    meanwhile: Sequence[float]
    after: float
    log: Sequence[str]
    faults: Sequence[str]
    done: Counter[str]

    @property
    def odd(self) -> list[str]:
        """Lines of the log that are no object of JSON."""
        return [line for line in self.log if line.strip() and not _is_object(line)]

    def verdicts(self) -> list[tuple[bool, str]]:
        """Each promise with its figures and whether it holds."""
        idle, beside = percentile(self.idle, 95), percentile(self.beside, 95)
        ratio, memory, odd = beside / idle, self.after / self.before, self.odd
        posts = f"p95 {beside * 1000:.1f} ms, {idle * 1000:.1f} ms idle,"
        posts += f" p50 {percentile(self.beside, 50) * 1000:.1f} ms, {len(self.beside):,} posts"
        at_first, most = self.meanwhile[0], max(self.meanwhile)
        sizes = f"{self.before / _MB:.0f} MB before, each kind of request served once,"
        sizes += f" {at_first / _MB:.0f} after the first minute of it, {most / _MB:.0f} at most,"
        sizes += f" {self.after / _MB:.0f} after"
        return [
            (ratio < MOST_RATIO, f"honest posts take less than {MOST_RATIO:.0f}x: {ratio:.2f}x ({posts})"),
            (
                memory <= MOST_MEMORY,
                f"memory is back within {MOST_MEMORY - 1:.0%} of a site in use: {memory:.3f}x ({sizes})",
            ),
            (not odd, f"every line of the log is JSON: {len(odd)} of {len(self.log):,} are not{_first(odd)}"),
            (
                not self.faults,
                f"nothing honest is lost: {'; '.join(self.faults) or 'each message once in each tab'}",
            ),
        ]


def _first(odd: Sequence[str]) -> str:
    return f", as {odd[0][:200]!r}" if odd else ""


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


@asynccontextmanager
async def abusers(port: int, cases: Collection[str]) -> AsyncIterator[Callable[[], Awaitable[Counter[str]]]]:
    """Abuse the site in another process, from when each abuse is at work; what is given ends it, and says how much."""
    command = (sys.executable, "-m", "benchmarks.mixed", "--abuse", str(port), "--only", *cases)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)

    async def end() -> Counter[str]:
        said, _ = await process.communicate(b"")
        if process.returncode:
            raise RuntimeError(f"the abusers ended with {process.returncode}")
        return Counter(json.loads(said))

    try:
        assert process.stdout is not None
        if (said := await process.stdout.readline()).decode().strip() != READY:
            raise RuntimeError(f"the abusers did not begin: {said!r}")
        yield end
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def measure(
    port: int,
    database: Path,
    memory: Callable[[], Awaitable[float]],
    log: Callable[[], str],
    *,
    seconds: float,
    idle_s: float,
    after_s: float,
    cases: Collection[str] = tuple(CASES),
    tabs: int = TABS,
) -> Found:
    """Post beside nothing, beside abuse, and look what is left of that after a while.

    Memory is compared with that of a site that has served each kind of request once, and so has loaded all its code.
    """
    honest = await Honest.joined(port, tabs)
    try:
        await warm(port)
        await honest.post(2.0)
        idle, before = await honest.post(idle_s), await memory()
        async with abusers(port, cases) as end:
            beside, meanwhile = list[float](), list[float]()
            until = time.perf_counter() + seconds
            while (left := until - time.perf_counter()) > 0:
                beside += await honest.post(min(60.0, left))
                meanwhile.append(await memory())
                print(
                    f"{time.strftime('%H:%M:%S')} {len(beside):,} posts, {meanwhile[-1] / _MB:.0f} MB",
                    flush=True,
                )
            done = await end()
        await asyncio.sleep(after_s)
        faults, after = await honest.faults(database), await memory()
        # What the launcher says before the site is ready is no log.
        said = re.split(r"^Ready on .*\n", log(), maxsplit=1, flags=re.MULTILINE)[-1].splitlines()
        return Found(idle, beside, before, meanwhile, after, said, faults, done)
    finally:
        honest.close()


async def run(cases: Collection[str], **spans_s: float) -> Found:
    """Measure a site of its own."""
    build_site()
    pin(CLIENT_CORE)
    gc.disable()  # who measures does not pause: a collection of this process took 0.16 s
    system, port = LimitedSite(hops=0), free_port()
    with tempfile.TemporaryDirectory(prefix="mixed-") as scratch:
        folder = Path(scratch)
        server = await Server.start(
            system.command(port), system.env(port, folder), folder, port, system.ready_path
        )
        try:
            database = folder / "portfolio.db"
            return await measure(port, database, server.settled_rss, server.log, cases=cases, **spans_s)
        finally:
            await server.stop()


async def _abuse(port: int, cases: Collection[str]) -> None:
    target = Target(LimitedSite(hops=0), port)
    working = [asyncio.create_task(CASES[case](target)) for case in cases]
    working.append(asyncio.create_task(_say_ready(target, cases)))
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    await asyncio.wait((*working, ended), return_when=asyncio.FIRST_COMPLETED)
    for task in working:
        if task.done():
            task.result()
    print(json.dumps(target.done), flush=True)
    os._exit(0)  # hundreds of connections that wait for one thing or another


async def _say_ready(target: Target, cases: Collection[str]) -> None:
    latest = time.monotonic() + BEGUN_WITHIN_S
    while (waiting := set(cases) - target.done.keys()) and time.monotonic() < latest:  # noqa: ASYNC110 (another process answers)
        await asyncio.sleep(0.05)
    if waiting:
        print(f"these have done nothing yet: {', '.join(sorted(waiting))}", file=sys.stderr, flush=True)
    print(READY, flush=True)
    await asyncio.Event().wait()


def main() -> int:
    """Measure, print each promise with its figures, and return 1 if one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mixed", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, help="instead of minutes")
    parser.add_argument(
        "--only", nargs="+", choices=tuple(CASES), default=tuple(CASES), help="some of the abuses"
    )
    parser.add_argument(
        "--idle-s", type=float, default=IDLE_S, help="seconds of posts on the idle site, before"
    )
    parser.add_argument(
        "--after-s", type=float, default=AFTER_S, help="seconds until what is left is looked at"
    )
    parser.add_argument("--abuse", type=int, metavar="PORT", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.abuse:
        os.nice(10)
        pin(CLIENT_CORE)
        uvloop.run(_abuse(chosen.abuse, chosen.only))
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    seconds = chosen.seconds or chosen.minutes * 60
    found = uvloop.run(run(chosen.only, seconds=seconds, idle_s=chosen.idle_s, after_s=chosen.after_s))
    done = ", ".join(f"{count:,} {name}" for name, count in found.done.items())
    print(f"\n{len(chosen.only)} abuses from {ADDRESSES} addresses beside {TABS} honest tabs: {done}")
    verdicts = found.verdicts()
    for kept, words in verdicts:
        print(f"  {'held' if kept else 'FAIL'}  {words}")
    return int(not all(kept for kept, _ in verdicts))


if __name__ == "__main__":
    sys.exit(main())
