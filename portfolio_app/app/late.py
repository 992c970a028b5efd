"""Refusals that come late: who asks again as soon as they are refused asks seldom."""

import asyncio
from collections import Counter
from typing import Final

LATE_S: Final = 2.0
"""Seconds until a refusal is said. Four hundred connections that were closed at once came back 3,000 times a second,
which was a quarter of what the loop did; the handshakes of twenty that were refused at once, 180 times."""
MOST: Final = 400
"""Refusals of a network that wait; further ones are said at once. Each is a connection of some 10 KB."""


class Late:
    """The refusals that wait, by network."""

    def __init__(self, seconds: float = LATE_S) -> None:
        self.seconds = seconds
        self._waiting: Counter[str] = Counter()

    def begin(self, network: str) -> bool:
        """Whether a refusal of this network may wait; `done` has to follow."""
        if self._waiting[network] >= MOST:
            return False
        self._waiting[network] += 1
        return True

    def done(self, network: str) -> None:
        """The refusal is said, or its client has gone."""
        self._waiting[network] -= 1
        if not self._waiting[network]:
            del self._waiting[network]

    async def wait(self, network: str) -> None:
        """Wait before a refusal is said."""
        if self.begin(network):
            try:
                await asyncio.sleep(self.seconds)
            finally:
                self.done(network)
