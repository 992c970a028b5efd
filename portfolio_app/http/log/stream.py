"""One terminal that follows a session's feed."""

import asyncio
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from portfolio_app.app.ports.live_feed import LogRow

MAX_QUEUED: Final = 2_000
"""Rows; a reader further behind is dropped, and resumes by the id of the last row it got."""


class Ending(StrEnum):
    """Why a stream ended, in words for the person at the terminal."""

    LEFT = "reader left"
    SLOW = "reader too slow"
    REVOKED = "session ended"
    STOPPING = "server stopping"


class Stream:
    """Rows on their way to one reader. Used on the event loop only."""

    def __init__(self, session_id: str, ip: str) -> None:
        self.session_id = session_id
        self.ip = ip
        self.ending: Ending | None = None
        self.sent = 0
        """Rows handed over so far."""
        self._rows: list[LogRow] = []
        self._woken = asyncio.Event()

    def offer(self, rows: Iterable[LogRow]) -> None:
        """Queue new rows, or give the reader up."""
        if self.ending is not None:
            return
        if len(self._rows) > MAX_QUEUED:
            self.end(Ending.SLOW)
            return
        self._rows.extend(rows)
        self._woken.set()

    def end(self, reason: Ending) -> None:
        """Let the stream say why and stop; the first reason counts, what is queued is left out."""
        if self.ending is None:
            self.ending = reason
            self._rows.clear()
            self._woken.set()

    async def take(self) -> list[LogRow]:
        """Wait for rows and take them all; none when the stream has ended."""
        await self._woken.wait()
        self._woken.clear()
        rows, self._rows = self._rows, []
        return rows
