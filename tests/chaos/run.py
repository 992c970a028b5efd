"""A run: rounds of faults under load, silence after each, and everything read then."""

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import psutil
import psycopg2

from tests.chaos.author import Author
from tests.chaos.crowd import Crowd
from tests.chaos.faults import DEPLOY, FAULTS
from tests.chaos.history import Fresh, History, Run, Stored, slim_window
from tests.chaos.nemesis import Nemesis, drawn
from tests.chaos.people import BROKEN, Watcher
from tests.chaos.site import Host, Lab, laboratory
from tests.servers import postgres_server, redis_server
from tests.socket.visitor import Visitor
from tests.waiting import until

SETTLED_WITHIN_S = 40
LOOK_EVERY_S = 0.1
_ROWS = (
    "SELECT id, client_id, body, status, revision, position FROM messages"
    " WHERE room = %s AND (revision = 0 OR revision > %s)"
)
"""One that nobody but its author sees has no revision."""


@dataclass(frozen=True)
class Plan:
    """How large a run is. `quiet` rooms hear little, and that while something is broken."""

    seed: int
    rounds: int | None = None
    """As many as fit into `seconds`, unless given."""
    seconds: float = 0
    kinds: Sequence[str] = tuple(FAULTS)
    workers: tuple[int, int] = (2, 2)
    """Of each host."""
    busy: Sequence[str] = ("lobby", "hall", "yard")
    quiet: Sequence[str] = ("attic", "cellar", "porch")
    authors: int = 3
    """In each busy room."""
    watchers: int = 3
    """In each room."""
    pause_s: float = 0.15
    """Between two requests of an author, on average."""
    quiet_pause_s: float = 4.0
    most_fault_s: float = 6.0
    between_s: float = 2.5
    waits_s: float = 20
    """So long, at most, recovery is waited for before the next fault: each has its own."""
    overlap: float = 0.3
    """How often a fault begins beside another."""

    @property
    def rooms(self) -> list[str]:
        """All of them; the first is there from the beginning."""
        return [*self.busy, *self.quiet]


@dataclass
class Progress:
    """Says how far a run is, if anybody listens."""

    loud: bool = False
    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """One line."""
        if self.loud:
            print(f"{time.monotonic() - self.began:7.1f} s  {text}", flush=True)


async def run(
    plan: Plan, folder: Path, history: History, progress: Progress, newer: Path | None = None
) -> None:
    """Start all of it, let it happen, and end all of it; `newer` is the checkout of another version to deploy."""
    rng = random.Random(plan.seed)
    async with AsyncExitStack() as stack:
        postgres = await asyncio.to_thread(stack.enter_context, postgres_server())
        redis = await asyncio.to_thread(stack.enter_context, redis_server())
        lab = await stack.enter_async_context(
            laboratory(folder, postgres, redis, plan.rooms, workers=plan.workers, newer=newer)
        )
        crowd = _crowd(plan, lab, history, rng)
        history.add(
            Run(plan.seed, plan.rooms, [each.name for each in crowd.authors if each.room in plan.busy])
        )
        progress.say(f"two hosts are ready behind {lab.address.url}")
        async with crowd.at_work():
            await _rounds(plan, lab, crowd, history, rng, progress)


async def _rounds(
    plan: Plan, lab: Lab, crowd: Crowd, history: History, rng: random.Random, progress: Progress
) -> None:
    nemesis, began = Nemesis(lab, history), time.monotonic()
    read: dict[str, int] = {}
    await until(lambda: all(each.connections for each in (*crowd.authors, *crowd.watchers)))
    for number in count(1):
        crowd.post(now=True)
        *groups, last = drawn(
            rng,
            _possible(plan.kinds, lab),
            most_s=plan.most_fault_s,
            pause_s=plan.between_s,
            overlap=plan.overlap,
        )
        for group in groups:
            progress.say(" and ".join(step.what for step in group))
            await asyncio.gather(*(nemesis.cause(step) for step in group))
            with contextlib.suppress(TimeoutError):  # then the verdict says how long it took
                await _recovered(crowd, plan)
            crowd.check()
        # The last ends in silence: no later event can carry what was lost under it.
        progress.say(" and ".join(step.what for step in last) + ", and silence")
        await asyncio.gather(*(nemesis.cause(step, partial(crowd.post, now=False)) for step in last))
        ends = number == plan.rounds or (plan.rounds is None and time.monotonic() - began >= plan.seconds)
        await read_all(plan, lab, crowd, history, {} if ends else read)
        progress.say(f"round {number}: {_so_far(crowd, history)}")
        if ends:
            return


def _so_far(crowd: Crowd, history: History) -> str:
    """A line on the progress of a long run: messages acknowledged, memory, size of the record."""
    acknowledged = sum(each.acknowledged for each in crowd.authors)
    own = psutil.Process().memory_info().rss / 1e6
    written = history.file.stat().st_size / 1e6 if history.file else 0
    return f"{acknowledged:,} acknowledged, {own:.0f} MB of memory, {written:.0f} MB of record"


def _possible(kinds: Sequence[str], lab: Lab) -> list[str]:
    return [kind for kind in kinds if kind != DEPLOY or lab.newer is not None]


async def _recovered(crowd: Crowd, plan: Plan) -> None:
    """Wait, as recovery is defined, so that no fault is blamed for what the next one does."""
    ended = time.monotonic()
    steady = [author for author in crowd.authors if author.room in plan.busy]
    reached = {room: max(each.revision for each in crowd.authors if each.room == room) for room in plan.rooms}
    await until(
        lambda: (
            all(author.heard_at > ended for author in steady)
            and all(watcher.view.last >= reached[watcher.room] for watcher in crowd.watchers)
        ),
        plan.waits_s,
    )


async def read_all(
    plan: Plan, lab: Lab, crowd: Crowd, history: History, read: dict[str, int] | None = None
) -> None:
    """Write down what is stored and shown of every room once nothing changes any more, or patience ends.

    Rows up to the revisions in `read` are written down already; it is brought up to date.
    """
    read = {} if read is None else read
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while True:
        revisions = await asyncio.to_thread(revisions_of, lab.postgres.url)
        in_time = time.monotonic() < deadline
        if in_time and not (crowd.is_idle and _all_reached(crowd, revisions)):
            await asyncio.sleep(LOOK_EVERY_S)
            continue
        stored = [
            await asyncio.to_thread(stored_of, lab.postgres.url, room, read.get(room, 0))
            for room in plan.rooms
        ]
        fresh = []
        with contextlib.suppress(*BROKEN):  # nobody opened a room in the end, then: the verdict says so
            fresh = [await fresh_of(host, room) for room in plan.rooms for host in lab.hosts]
        # What was never answered may still have happened meanwhile.
        again = await asyncio.to_thread(revisions_of, lab.postgres.url)
        if (fresh and all(again[entry.room] == entry.revision for entry in stored)) or not in_time:
            for entry in (*stored, *fresh):
                history.add(entry)
            read |= {entry.room: entry.revision for entry in stored}
            return


def _all_reached(crowd: Crowd, revisions: dict[str, int]) -> bool:
    return all(watcher.view.last >= revisions[watcher.room] for watcher in crowd.watchers)


def _crowd(plan: Plan, lab: Lab, history: History, rng: random.Random) -> Crowd:
    site = lab.address
    authors = [
        Author(site, f"{room}-{n}", room, history, random.Random(rng.random()), plan.pause_s)
        for room in plan.busy
        for n in range(plan.authors)
    ]
    authors += [
        Author(site, f"{room}-0", room, history, random.Random(rng.random()), plan.quiet_pause_s)
        for room in plan.quiet
    ]
    watchers = [
        Watcher(site, f"w-{room}-{n}", room, history) for room in plan.rooms for n in range(plan.watchers)
    ]
    return Crowd(authors, watchers)


def revisions_of(url: str) -> dict[str, int]:
    """The revision of every room."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT slug, revision FROM rooms")
        return dict(cursor.fetchall())


def stored_of(url: str, room: str, since: int = 0) -> Stored:
    """What the database holds of a room, without the rows that have not changed after revision `since`."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM rooms WHERE slug = %s", (room,))
        [(revision,)] = cursor.fetchall()
        cursor.execute(_ROWS, (room, since))
        names = ("id", "cid", "body", "status", "rev", "pos")
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return Stored(room, revision, rows, since)


async def fresh_of(host: Host, room: str) -> Fresh:
    """What a new tab at a host is shown of a room."""
    path = "/chat" if room == "lobby" else f"/chat/{room}"
    async with Visitor(host.site) as visitor, visitor.tab() as tab:
        await tab.boot(path)
        await tab.until(lambda: tab.value("chat_state", "window"))
        return Fresh(room, f"host {host.name}", slim_window(tab.value("chat_state", "window")))
