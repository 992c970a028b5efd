"""Blocking work on threads, off the event loop."""

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from portfolio_app.app import processor_time
from portfolio_app.app.errors import Busy, Unavailable

T = TypeVar("T")

OF_A_NETWORK: Final = 2
"""Threads that work for one network at a time. Python runs one thread at once and changes them each 5 ms: beside eight
that read, the event loop waited 94 ms (median) for three turns of its own, beside two 3 ms."""
MAX_WAITING: Final = 1000
MAX_WAIT_S: Final = 10
"""How long work may wait for a thread: with a database that is gone each thread takes seconds to fail."""


def submitted(executor: ThreadPoolExecutor, work: Callable[[], T]) -> asyncio.Future[T]:
    """The result of work on a thread of a pool; raises `Unavailable` if the pool is shut down."""
    try:
        return asyncio.get_running_loop().run_in_executor(executor, work)
    except RuntimeError as error:
        raise Unavailable from error


class WorkerThreads:
    """A bounded pool of threads; work sees the context of the task that asked for it, whose account pays for it."""

    def __init__(self, count: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._waiting = 0
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def run(self, work: Callable[[], T]) -> T:
        """Call `work` on a thread and wait for it; what it raises is raised here.

        `Unavailable` when `MAX_WAITING` others wait already: a database that hangs must not fill the memory; and for
        an event that outlives its site, once the threads are closed.
        `Busy`, and nothing was done, when no thread was free for `MAX_WAIT_S`.
        """
        if self._waiting >= MAX_WAITING:
            raise Unavailable
        self._waiting += 1
        context, latest = contextvars.copy_context(), time.monotonic() + MAX_WAIT_S
        used = 0.0

        def begin() -> T:
            nonlocal used
            if time.monotonic() > latest:
                raise Busy
            started = time.thread_time()
            try:
                return context.run(work)
            finally:
                used = time.thread_time() - started

        account = processor_time.current()
        try:
            if account is None or not account.is_limited:
                return await submitted(self._executor, begin)
            async with self._turns_of(account.network):
                return await submitted(self._executor, begin)
        finally:
            self._waiting -= 1
            if account is not None:
                account.spend(used)

    def _turns_of(self, network: str) -> asyncio.Semaphore:
        """The turns that the network's work takes, kept as long as any of it is here."""
        turns = self._turns.get(network)
        if turns is None:
            self._turns[network] = turns = asyncio.Semaphore(OF_A_NETWORK)
        return turns

    def close(self) -> None:
        """Wait for the work under way, refuse more."""
        self._executor.shutdown()
