"""What can go wrong with two hosts: each fault by its name, from its beginning to its end."""

import asyncio
import contextlib
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import psutil
import redis

from portfolio_app.infra.bus.shared import STREAM
from tests.chaos.links import Link
from tests.chaos.site import Host, Lab
from tests.servers import PostgresServer, RedisServer
from tests.waiting import until

HOUR_MS = 3_600_000
HOLDS_THE_ROOM = b"UPDATE rooms"
"""The statement with which a transaction takes the room's row, until it ends."""
VANISHES_WITHIN_S = 3
COMMITS_WITHIN_S = 0.2
FULL_AT_BYTES = 8_192
DEPLOY = "rolling deploy of another version"


@dataclass(frozen=True, slots=True)
class Step:
    """A fault that is to come: after a `pause`, on one of the hosts, for as long as it lasts."""

    what: str
    host: int
    lasts_s: float
    pause_s: float
    broken: bool
    """Whether lines that were silent are reset in the end, instead of delivering late what they held back."""
    worker: int


@asynccontextmanager
async def kill_worker(_lab: Lab, host: Host, step: Step) -> AsyncIterator[None]:
    """kill -9; its launcher starts another one. One that serves by itself is started again."""
    before = host.workers()
    host.send(signal.SIGKILL, [before[step.worker % len(before)]])
    yield
    if len(before) == 1:
        await asyncio.to_thread(host.start)
    else:
        await until(lambda: len(host.workers()) == len(before))


@asynccontextmanager
async def stop_worker(_lab: Lab, host: Host, step: Step) -> AsyncIterator[None]:
    """SIGSTOP: its sockets stay open, and nothing answers."""
    workers = host.workers()
    stopped = [workers[step.worker % len(workers)]]
    host.send(signal.SIGSTOP, stopped)
    try:
        yield
    finally:
        host.send(signal.SIGCONT, stopped)


@asynccontextmanager
async def stop_host(_lab: Lab, host: Host, _step: Step) -> AsyncIterator[None]:
    """All of a host's processes stand still, as those of a virtual machine that is moved."""
    stopped = host.processes()
    host.send(signal.SIGSTOP, stopped)
    try:
        yield
    finally:
        host.send(signal.SIGCONT, stopped)


@asynccontextmanager
async def silent(link: Link, step: Step) -> AsyncIterator[None]:
    link.silence()
    try:
        yield
    finally:
        link.mend(reset=step.broken)


@asynccontextmanager
async def cut(link: Link) -> AsyncIterator[None]:
    link.cut()
    try:
        yield
    finally:
        link.mend()


@asynccontextmanager
async def vanish(_lab: Lab, host: Host, _step: Step) -> AsyncIterator[None]:
    """The host is gone right after it took a room's row: its transaction stays open, and holds the room."""
    try:
        await _vanish_after(host.database, HOLDS_THE_ROOM)
        yield
    finally:
        host.database.mend(reset=True)


@asynccontextmanager
async def lose_answer(_lab: Lab, host: Host, _step: Step) -> AsyncIterator[None]:
    """The host's commit happens, but nothing says so, and for a while there is nobody to ask."""
    try:
        await _vanish_after(host.database, HOLDS_THE_ROOM, b"COMMIT")
        await asyncio.sleep(COMMITS_WITHIN_S)  # the database has all it needs
        host.database.cut()
        yield
    finally:
        host.database.mend(reset=True)


async def _vanish_after(link: Link, *markers: bytes) -> None:
    try:
        async with asyncio.timeout(VANISHES_WITHIN_S):
            await link.vanish_after(*markers)
    except TimeoutError:
        link.silence()  # nobody posted there


@asynccontextmanager
async def stopped(server: PostgresServer | RedisServer) -> AsyncIterator[None]:
    """A server stops at once, and starts again: PostgreSQL with all that was committed, Redis with nothing."""
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


@asynccontextmanager
async def fill_disk(lab: Lab, _host: Host, _step: Step) -> AsyncIterator[None]:
    """PostgreSQL can write no file beyond its first bytes, as on a full disk: it panics, and can't recover."""
    server = psutil.Process(lab.postgres.pid)
    await asyncio.to_thread(_limit, server, str(FULL_AT_BYTES))
    try:
        yield
    finally:
        await asyncio.to_thread(_limit, server, "unlimited")
        await asyncio.to_thread(_start_again, lab)


def _limit(server: psutil.Process, size: str) -> None:
    """Limits what the server's processes may write, as their own user: another one must not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        owner = server.username()
        for process in (server, *server.children()):
            command = ["prlimit", "--pid", str(process.pid), f"--fsize={size}:"]
            user = owner if owner != psutil.Process().username() else None
            subprocess.run(command, check=False, user=user, stderr=subprocess.DEVNULL)


def _start_again(lab: Lab) -> None:
    with contextlib.suppress(subprocess.CalledProcessError):  # it has ended by itself
        lab.postgres.stop()
    lab.postgres.start()


@asynccontextmanager
async def trim_redis(lab: Lab, host: Host, step: Step) -> AsyncIterator[None]:
    """One host can't read, and what it has not read is trimmed meanwhile."""
    async with cut(host.redis):
        yield
        await command(lab, "XTRIM", STREAM, "MAXLEN", 0)


@asynccontextmanager
async def step_clock(lab: Lab, _host: Host, _step: Step) -> AsyncIterator[None]:
    """Redis' clock is an hour ahead for one entry, then it is another server, whose clock is right."""
    ahead = f"{time.time_ns() // 1_000_000 + HOUR_MS}-0"
    await command(lab, "XADD", STREAM, ahead, "from", "another release", "events", "[]")
    yield
    await asyncio.to_thread(lab.redis.stop)
    await asyncio.to_thread(lab.redis.start)


async def command(lab: Lab, *words: object) -> None:
    """Send Redis a command."""

    def send() -> None:
        with redis.Redis.from_url(lab.redis.url) as client:
            client.execute_command(*words)

    await asyncio.to_thread(send)


@asynccontextmanager
async def reload_proxy(lab: Lab, _host: Host, _step: Step) -> AsyncIterator[None]:
    """Every visitor's connection breaks at once."""
    await lab.front.reload()
    yield


@asynccontextmanager
async def rolling_restart(lab: Lab, _host: Host, step: Step) -> AsyncIterator[None]:
    """One host after the other stops as an operator stops it, and starts again."""
    first, second = lab.hosts if step.broken else lab.hosts[::-1]
    for host in (first, second):
        await asyncio.to_thread(host.stop)
        await asyncio.to_thread(host.start)
    yield


@asynccontextmanager
async def rolling_deploy(lab: Lab, _host: Host, step: Step) -> AsyncIterator[None]:
    """One host goes to the other version, the newer one or back, and the other follows: meanwhile both serve."""
    first, second = lab.hosts if step.broken else lab.hosts[::-1]
    root = lab.other_than(first.root)
    await asyncio.to_thread(first.replace, root)
    try:
        yield
    finally:
        await asyncio.to_thread(second.replace, root)


def _line(lab: Lab, host: Host) -> Link:
    return lab.lines[lab.hosts.index(host)]


Begin = Callable[[Lab, Host, Step], AbstractAsyncContextManager[None]]

FAULTS: dict[str, Begin] = {
    "kill -9 of a worker": kill_worker,
    "stopped worker": stop_worker,
    "stopped host": stop_host,
    "silence between host and database": lambda _lab, host, step: silent(host.database, step),
    "cut between host and database": lambda _lab, host, _step: cut(host.database),
    "host vanished in mid transaction": vanish,
    "answer to a commit lost": lose_answer,
    "silence between host and Redis": lambda _lab, host, step: silent(host.redis, step),
    "cut between host and Redis": lambda _lab, host, _step: cut(host.redis),
    "silence between proxy and host": lambda lab, host, step: silent(_line(lab, host), step),
    "cut between proxy and host": lambda lab, host, _step: cut(_line(lab, host)),
    "Redis restarted empty": lambda lab, _host, _step: stopped(lab.redis),
    "Redis trimmed": trim_redis,
    "Redis clock stepped back": step_clock,
    "database crash": lambda lab, _host, _step: stopped(lab.postgres),
    "database disk full": fill_disk,
    "proxy reload": reload_proxy,
    "rolling restart": rolling_restart,
    DEPLOY: rolling_deploy,
}
RESTARTS_REDIS = {"Redis restarted empty", "Redis clock stepped back"}
ALONE = {"database crash", "database disk full", "rolling restart", DEPLOY}
"""They stop and start what others would be looking for."""
