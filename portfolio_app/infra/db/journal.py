"""Group commit: whatever is waiting goes into the next transaction, then to the bus, and each author is answered."""

import asyncio
import contextvars
import logging
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from sqlalchemy import Engine

from portfolio_app.app.errors import Busy, NotReady, Unavailable
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.journal import Draft, MessageJournal, Stored
from portfolio_app.infra.db.batch import Entry
from portfolio_app.infra.db.commit import BatchCommitter, Committed
from portfolio_app.infra.db.timings import BatchTimings, DraftTiming, Observe
from portfolio_app.infra.threads import WorkerThreads

_log = logging.getLogger(__name__)

MAX_BATCH: Final = 256
MAX_WAITING: Final = 10_000
MAX_WAIT_S: Final = 10
"""How long a draft may wait for its transaction: with a database that is gone each batch takes seconds to fail."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    entry: Entry
    answer: asyncio.Future[Stored]
    queued_ns: int = field(default_factory=time.time_ns)
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    latest: float = field(default_factory=lambda: time.monotonic() + MAX_WAIT_S)


class GroupCommitJournal(MessageJournal):
    """Implements `MessageJournal` with one writer task; there is no artificial delay.

    While a transaction runs, the next batch gathers, so batches grow with the load by themselves.
    """

    def __init__(self, engine: Engine, bus: Bus, clock: Clock, observe: Observe | None = None) -> None:
        self._committer = BatchCommitter(engine, clock)
        self._bus = bus
        self._observe = observe
        self._threads = WorkerThreads(1, "journal")
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to write."""
        self._writer = asyncio.create_task(self._write_forever(), name="journal")

    async def stop(self) -> None:
        """Write and publish what is waiting, then end; later drafts are refused."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._queue.put_nowait(None)
            await writer
            self._threads.close()

    @property
    def waiting(self) -> int:
        """Drafts that no transaction has taken yet."""
        return self._queue.qsize()

    def check(self) -> None:
        """Raise `NotReady` if nobody writes."""
        if self._writer is None or self._writer.done():
            raise NotReady("no longer writes")

    async def append(self, draft: Draft) -> Stored:
        """Queue a draft and wait for its commit; see the port."""
        if self._writer is None or self._queue.qsize() >= MAX_WAITING:
            raise Unavailable
        answer: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Waiting(Entry(draft), answer))
        return await answer

    async def _write_forever(self) -> None:
        going_on = True
        while going_on:
            batch = [await self._queue.get()]
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            waiting = [item for item in batch if item is not None]
            going_on = len(waiting) == len(batch)
            in_time = _refuse_late(waiting)
            if in_time:
                await self._write(in_time)

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            await self._commit_and_publish(batch)
        except Exception:
            # Without its writer the site could never post again, so no fault may end it.
            _log.exception("the journal failed on a batch")
            for item in batch:
                if not item.answer.done():
                    item.answer.set_exception(Unavailable())

    async def _commit_and_publish(self, batch: list[_Waiting]) -> None:
        waiting = {item.entry: item for item in batch}
        entries = [item.entry for item in batch]
        for committed in await self._threads.run(partial(self._committer.commit, entries)):
            start_ns = time.time_ns()
            try:
                # Before the answers: what both wake runs in this order, and a room does not wait for the rest of its
                # author's event.
                await self._bus.publish(*committed.events)
            finally:
                self._answer(committed, waiting)
            self._tell_observer(committed, waiting, start_ns)

    def _answer(self, committed: Committed, waiting: dict[Entry, _Waiting]) -> None:
        for entry, outcome in zip(committed.entries, committed.outcomes, strict=True):
            answer = waiting[entry].answer
            if answer.done():  # the author did not wait; the message is stored all the same
                continue
            if isinstance(outcome, Stored):
                answer.set_result(outcome)
            else:
                answer.set_exception(outcome)

    def _tell_observer(
        self, committed: Committed, waiting: dict[Entry, _Waiting], publish_start_ns: int
    ) -> None:
        if self._observe is None or not committed.statements:
            return
        items = [waiting[entry] for entry in committed.entries]
        drafts = [DraftTiming(item.entry.draft.request_id, item.queued_ns, item.context) for item in items]
        timings = BatchTimings(
            tuple(drafts),
            committed.start_ns,
            tuple(committed.statements),
            committed.commit_start_ns,
            committed.commit_end_ns,
            publish_start_ns,
            time.time_ns(),
        )
        try:
            self._observe(timings)
        except Exception:
            _log.exception("the journal's observer failed")


def _refuse_late(batch: list[_Waiting]) -> list[_Waiting]:
    now = time.monotonic()
    for item in batch:
        if item.latest < now and not item.answer.done():
            item.answer.set_exception(Busy())
    return [item for item in batch if item.latest >= now]
