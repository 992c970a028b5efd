"""Work that is repeated at an interval, and goes on after an error."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress

from portfolio_app.app.errors import Unavailable

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
