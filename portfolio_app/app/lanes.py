"""Lanes: who waits for whom, so that few are at work at once and together take no more than a share of the time."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Clock = Callable[[], float]
Turn = asyncio.Future[None]
TURN_S: Final = 0.002
"""The least cost of a turn in a lane with a share, charged before the real cost is known."""
PLACE_S: Final = 0.1
"""How long a place is kept for work that waits for something else, such as a password."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a processor: `rate` in the long run, `burst` seconds at once; `debt` is what is remembered beyond."""

    rate: float
    burst: float
    debt: float


class Budget:
    """Seconds that may be used. What is used is known afterwards, so there can be debt."""

    __slots__ = ("_at", "_clock", "_level", "_share")

    def __init__(self, share: Share, clock: Clock) -> None:
        self._share = share
        self._clock = clock
        self._level = share.burst
        self._at = clock()

    def level(self) -> float:
        """Seconds that are left; negative for debt."""
        now = self._clock()
        self._level = min(self._share.burst, self._level + (now - self._at) * self._share.rate)
        self._at = now
        return self._level

    def spend(self, seconds: float) -> None:
        """Take off what was used."""
        self._level = max(-self._share.debt, self.level() - seconds)

    def left(self) -> float:
        """The budget that is left, as a part of the burst."""
        return self.level() / self._share.burst

    def wait(self) -> float:
        """Seconds until there is no debt."""
        return max(0.0, -self.level() / self._share.rate)


class Lane:
    """Lets work begin network by network: so much at once, and no more than its share if it has one."""

    def __init__(self, at_once: int, budget: Budget | None = None) -> None:
        self._at_once = at_once
        self._budget = budget
        self._waiting: dict[str, deque[Turn]] = {}
        self._places: dict[Turn, asyncio.TimerHandle] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """Turns that are waited for."""
        return sum(not turn.done() for turns in self._waiting.values() for turn in turns)

    def waiting(self, network: str) -> int:
        """Turns that this network waits for, with those that were given up and not come to yet."""
        return len(self._waiting.get(network, ()))

    def spend(self, seconds: float) -> None:
        """Count what somebody in this lane has used."""
        if self._budget is not None:
            self._budget.spend(seconds)

    def enter(self, network: str) -> Turn:
        """Queue behind the others of the network; resolved when it is this one's turn."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(network, deque()).append(turn)
        self._begin()
        return turn

    def leave(self, turn: Turn) -> None:
        """Give the place back; work that takes long has lost it already."""
        if (kept := self._places.pop(turn, None)) is not None:
            kept.cancel()
            self._begin()

    def _begin(self) -> None:
        while len(self._places) < self._at_once and not (wait := self._wait()):
            if (turn := self._next()) is None:
                return
            self.spend(TURN_S)
            loop = asyncio.get_running_loop()
            self._places[turn] = loop.call_later(PLACE_S, self.leave, turn)
            turn.set_result(None)
        if self._waiting and self._timer is None and len(self._places) < self._at_once:
            self._timer = asyncio.get_running_loop().call_later(wait, self._go_on)

    def _go_on(self) -> None:
        self._timer = None
        self._begin()

    def _wait(self) -> float:
        return self._budget.wait() if self._budget is not None else 0.0

    def _next(self) -> Turn | None:
        while self._waiting:
            network, turns = next(iter(self._waiting.items()))
            del self._waiting[network]
            while turns and turns[0].done():
                turns.popleft()
            if turns:
                turn = turns.popleft()
                if turns:
                    self._waiting[network] = turns  # behind every other network
                return turn
        return None
