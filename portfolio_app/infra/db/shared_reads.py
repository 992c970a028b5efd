"""Reads that are asked for at the same time, in one transaction: hundreds of tabs may open in the same second."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from types import MethodType
from typing import Any, Final, TypeVar

from portfolio_app.app import processor_time
from portfolio_app.app.errors import AppError, Unavailable
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.app.processor_time import Account
from portfolio_app.domain.errors import DomainError
from portfolio_app.infra.db.faults import UNREACHABLE, is_transient, report, timed_out, unavailable
from portfolio_app.infra.threads import MAX_WAITING, WorkerThreads

T = TypeVar("T")
_log = logging.getLogger(__name__)
AT_ONCE: Final = 2
"""Transactions; what is asked for while they run goes into the next one."""
BESIDE_AFTER_S: Final = 0.02
"""A second transaction begins beside one that has run for so long. Most take a few milliseconds: two at a time share
half as much, and hand the interpreter to and fro."""
MOST: Final = 50
"""Reads of one transaction: who asked first waits for all of them."""

Work = Callable[[Repositories], Any]
Alone = Callable[[Work], Any]
Together = Callable[[Callable[[Repositories], None]], None]
"""Runs something in a transaction, on the thread that calls it."""


@dataclass(slots=True, eq=False)
class _Read:
    work: Work
    answer: asyncio.Future[Any]
    context: Context = field(default_factory=copy_context)
    account: Account | None = field(default_factory=processor_time.current)
    used: float = 0.0
    found: Any = None
    error: Exception | None = None

    def run(self, repositories: Repositories) -> None:
        """Find the answer, or the error that is the answer; whatever the database raises ends the transaction."""
        started = time.thread_time()
        try:
            self.found, self.error = self.context.run(self.work, repositories), None
        except (AppError, DomainError) as error:
            self.error = error
        finally:
            self.used += time.thread_time() - started

    def settle(self) -> None:
        """Give the answer; each reader pays for its own part."""
        if self.account is not None:
            self.account.spend(self.used)
        if self.answer.done():
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.found)


class SharedReads:
    """Collects reads. One that is alone runs as any other work, in a transaction of its own."""

    def __init__(self, threads: WorkerThreads, alone: Alone, together: Together) -> None:
        self._threads = threads
        self._alone = alone
        self._together = together
        self._waiting: list[_Read] = []
        self._running: set[asyncio.Task[None]] = set()
        self._begins = False
        """Whether a transaction has yet to take what waits."""
        self._begun_at = 0.0
        self._beside: asyncio.TimerHandle | None = None

    async def run(self, work: Callable[[Repositories], T]) -> T:
        """The answer of `work`, from a transaction that began after this call; its errors as of work that is alone."""
        if len(self._waiting) >= MAX_WAITING:
            raise Unavailable
        read = _Read(work, asyncio.get_running_loop().create_future())
        self._waiting.append(read)
        self._next()
        found: T = await read.answer
        return found

    def _next(self) -> None:
        if not self._waiting or self._begins or len(self._running) >= AT_ONCE:
            return
        loop = asyncio.get_running_loop()
        if self._running and loop.time() < self._begun_at + BESIDE_AFTER_S:
            if self._beside is None:
                self._beside = loop.call_at(
                    self._begun_at + BESIDE_AFTER_S, self._go_beside, context=Context()
                )
            return
        self._begins, self._begun_at = True, loop.time()
        task = asyncio.create_task(self._run(), context=Context())
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _go_beside(self) -> None:
        self._beside = None
        self._next()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._next()

    async def _run(self) -> None:
        """Answer the next ones, whatever happens: those, too, that were asked for in the same turn of the loop."""
        batch = [read for read in self._waiting[:MOST] if not read.answer.done()]
        del self._waiting[:MOST]
        self._begins = False
        self._next()
        try:
            if len(batch) < 2 or not await self._run_together(batch):
                await asyncio.gather(*(self._run_alone(read) for read in batch))
            for read in batch:
                read.settle()
        finally:
            for read in batch:
                read.answer.cancel()  # if it has none: the process ends

    async def _run_together(self, batch: Sequence[_Read]) -> bool:
        """Whether each has its answer now: where one was in the way of the others, each finds out by itself."""
        try:
            await self._threads.run(lambda: self._together(lambda found: _run_all(batch, found)))
        except Exception as error:
            if not isinstance(error, (AppError, *UNREACHABLE)) or is_transient(error) or timed_out(error):
                _log.debug("%d reads go on alone: %s", len(batch), type(error).__name__)
                return False
            # Nobody waits once more for a database that is gone.
            report(error)
            for read in batch:
                read.error = error if isinstance(error, AppError) else unavailable(error)
        return True

    async def _run_alone(self, read: _Read) -> None:
        task = asyncio.get_running_loop().create_task(self._alone(read.work), context=read.context)
        try:
            read.found, read.error = await task, None
        except Exception as error:
            read.error = error
        read.used = 0.0  # the threads have charged it


def _run_all(batch: Sequence[_Read], repositories: Repositories) -> None:
    # These answers are the same for every visitor and change nothing: one of each serves the batch.
    shared: Sequence[tuple[object, str]] = (
        (repositories.rooms, "all"),
        (repositories.messages, "window"),
        (repositories.users, "staff"),
    )
    for port, name in shared:
        setattr(port, name, MethodType(_once(getattr(port, name)), port))
    try:
        for read in batch:
            read.run(repositories)
    finally:
        for port, name in shared:
            delattr(
                port, name
            )  # it holds the repository, which holds it: a window would stay until it is collected


def _once(method: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple[object, ...], Any] = {}

    def answer(_port: object, *asked: object) -> Any:  # noqa: ANN401 (as the method has it)
        if asked not in known:
            known[asked] = method(*asked)
        return known[asked]

    return answer
