"""Reads what other workers published, and notices what it did not get."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias

from portfolio_app.infra.bus.cursor import Loss
from portfolio_app.infra.bus.shared import Stream

LOOK_EVERY_S: Final = 1.0
"""A stream that is quiet, or gone, is noticed by looking."""
REREAD_EVERY_S: Final = 5.0
"""While the server can't be read, only the database says what the others did."""
BLOCK_MS: Final = 1000

Entry: TypeAlias = tuple[bytes, Mapping[bytes, bytes]]
"""Its id, and its fields: `epoch` where the stream has one, `from` and `events`."""
Found: TypeAlias = Mapping[str, Sequence[Entry]]
"""Entries after the position of each stream, by its name."""


class Reader:
    """Follows several streams; calls `deliver` with what others wrote, and `lost` with each loss."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Found]],
        streams: Sequence[Stream],
        own: str,
        deliver: Callable[[bytes], Awaitable[None]],
        lost: Callable[[Stream, Loss], Awaitable[None]],
    ) -> None:
        """`fetch` waits a while for what there is; `own` is this worker's mark.

        A failed read counts as a loss of the first stream: the others' are read on.
        """
        self._fetch = fetch
        self._streams = streams
        self._own = own.encode()
        self._deliver = deliver
        self._lost = lost
        self._looked_at = float("-inf")
        self._failing = False
        self._reread_at = float("-inf")

    async def begin(self) -> None:
        """Begin at the streams' ends as they are now; without Redis, as they are when it first answers."""
        try:
            await self._look()
        except Exception:
            # Not only what clients name: uvloop raises RuntimeError for a connection that was closed a moment before.
            # A lasting fault is raised again by `read`, whose caller logs it.
            self._failing = True

    async def read(self) -> None:
        """Read what there is, or wait for it a while; raises what the client raises."""
        try:
            if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
                await self._look()
            found = await self._fetch()
            for stream in self._streams:
                await self._take(stream, found.get(stream.name, ()))
        except Exception:
            await self._failed()
            raise

    async def _look(self) -> None:
        unread = [stream for stream in self._streams if stream.cursor.position is None]
        for stream in self._streams:
            loss = stream.cursor.compare(await stream.look())
            if loss is not None:
                await self._lost(stream, loss)
        self._looked_at = time.monotonic()
        if self._failing:
            # Earlier commits are in the database, events published from now on will be read.
            self._failing = False
            # Events from before the first look of all are not read.
            for stream in dict.fromkeys((self._streams[0], *unread)):
                await self._lost(stream, Loss.FAILED_READ)

    async def _failed(self) -> None:
        now = time.monotonic()
        if not self._failing:
            self._failing, self._reread_at = True, now
        elif now - self._reread_at >= REREAD_EVERY_S:
            self._reread_at = now
            await self._lost(self._streams[0], Loss.FAILED_READ)
        self._looked_at = float("-inf")

    async def _take(self, stream: Stream, entries: Sequence[Entry]) -> None:
        loss = None if entries else stream.cursor.found_nothing()
        for entry_id, fields in entries:
            loss = stream.cursor.take(entry_id, fields.get(b"epoch"))
            if loss is Loss.OTHER_STREAM:
                break  # and read on at the beginning of that one
            if loss is not None:
                await self._lost(stream, loss)
                loss = None
            if fields.get(b"from") != self._own and b"events" in fields:
                await self._deliver(fields[b"events"])
        if loss is not None:
            await self._lost(stream, loss)
