"""How many burst requests one worker takes from everybody together."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

CAPACITY: Final = 100_000
PER_S: Final = 2_000


@dataclass(slots=True)
class Budget:
    """A bucket of requests that fills by `per_s` a second up to `capacity`; starts full. No end to it is infinity."""

    capacity: float = CAPACITY
    per_s: float = PER_S
    now: Callable[[], float] = time.monotonic
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._left, self._at = self.capacity, self.now()

    def take(self) -> bool:
        """Take one request out; False when there is none left."""
        now = self.now()
        self._left = min(self.capacity, self._left + (now - self._at) * self.per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
