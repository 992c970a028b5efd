"""Work that is repeated at an interval, and work that nobody waits for; both go on after an error."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from contextvars import Context

from portfolio_app.app.caller import NETWORK
from portfolio_app.app.errors import AppError, RateLimited, Unavailable

_log = logging.getLogger(__name__)


async def repeat(name: str, work: Callable[[], Awaitable[object]], every_s: float) -> None:
    """Do it now and every so often, for ever; whatever goes wrong, it is left to the next time."""
    while True:
        try:
            await work()
        except Unavailable:
            _log.warning("the database does not answer yet: %s waits", name)
        except Exception:  # it would end what runs beside it, unseen by anybody
            _log.exception("%s failed", name)
        await asyncio.sleep(every_s)


@asynccontextmanager
async def in_background(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Do `work` while the block runs, and no longer."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Aside:
    """Work that begins with a request, is counted for its network, and shows in neither its time nor its live log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How much is under way."""
        return len(self._tasks)

    def begin(self, work: Coroutine[object, object, None]) -> None:
        """Do it as soon as the caller waits for something else; its errors are lines of the log."""
        context = Context()  # without the span of the request
        context.run(NETWORK.set, NETWORK.get())
        task = asyncio.create_task(self._forgiving(work), context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def done(self) -> None:
        """Wait for what has begun."""
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _forgiving(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except RateLimited:
            pass  # the limiter counts it
        except AppError as error:
            _log.warning("%s failed: %s", self._name, type(error).__name__)
        except Exception:  # nobody waits for it
            _log.exception("%s failed", self._name)
