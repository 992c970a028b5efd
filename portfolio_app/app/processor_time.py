"""Processor time: what clients cost, shared by a connection, its session and its network.

Whoever is over budget is not refused: their work waits in one slow lane, with that of everybody else who is.
"""

import asyncio
import time
import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Share:
    """Of one processor: `rate` in the long run, `burst` seconds at once; `debt` is what is remembered beyond."""

    rate: float
    burst: float
    debt: float


CONNECTION: Final = Share(0.015, 0.3, 0.15)
"""A tab that asks for something three times a second, after opening several pages."""
SESSION: Final = Share(0.02, 0.4, 0.2)
NETWORK: Final = Share(0.03, 0.5, 0.3)
"""Fifty tabs that open at once; in the long run ten posts a second. Ten busy networks leave two thirds free."""
SLOW: Final = Share(0.1, 0.001, 1.0)
"""Of everybody who is over budget, together: a crowd of attackers costs no more than one."""
TURN_S: Final = 0.002
"""What a turn in the slow lane costs at least: more than `SLOW` saves, so that one begins at a time."""
SETTLE_S: Final = 0.001
"""Time that is added up before it is taken off the budgets."""
KEPT: Final = 4096
"""Sessions and networks whose budget is remembered after their last connection."""


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

    def wait(self) -> float:
        """Seconds until there is no debt."""
        return max(0.0, -self.level() / self._share.rate)

    def is_full(self) -> bool:
        """Whether nothing is remembered by it."""
        return self.level() >= self._share.burst


class SlowLane:
    """Lets work of those who are over budget begin: one at a time, network by network, as the share allows."""

    def __init__(self, clock: Clock) -> None:
        self._budget = Budget(SLOW, clock)
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(not turn.done() for turns in self._waiting.values() for turn in turns)

    def spend(self, seconds: float) -> None:
        """Count what somebody in this lane has used."""
        self._budget.spend(seconds)

    def enter(self, network: str) -> asyncio.Future[None]:
        """Queue behind the others of the network; resolved when it is this one's turn."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(network, deque()).append(turn)
        self._arm()
        return turn

    def _arm(self) -> None:
        if self._timer is None and self._waiting:
            self._timer = asyncio.get_running_loop().call_later(self._budget.wait(), self._begin_next)

    def _begin_next(self) -> None:
        self._timer = None
        if not self._budget.wait() and (turn := self._next()) is not None:
            self._budget.spend(TURN_S)
            turn.set_result(None)
        self._arm()

    def _next(self) -> asyncio.Future[None] | None:
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


class Account:
    """What one connection has used and what it has asked for. Without budgets it is never over them."""

    __slots__ = (
        "_accounts",
        "_budgets",
        "_last",
        "_network",
        "_settled",
        "_turns",
        "_unsettled",
        "ended",
        "pending",
    )

    def __init__(self, network: str, budgets: tuple[Budget, ...], accounts: "Accounts") -> None:
        self.ended = False
        self.pending: dict[str, None] = {}
        """Ids of events that are not answered yet, in the order they came."""
        self._network = network
        self._budgets = budgets
        self._accounts = accounts
        self._last: str | None = None
        self._turns: set[asyncio.Future[None]] = set()
        self._unsettled = 0.0

    @property
    def is_limited(self) -> bool:
        """Whether its time is counted at all."""
        return bool(self._budgets)

    def spend(self, seconds: float) -> None:
        """Count processor time that was used for it."""
        self._unsettled += seconds
        if self._unsettled > SETTLE_S:
            self._settle()

    def is_over(self) -> bool:
        """Whether connection, session or network has used more than its share."""
        self._settle()
        return any(budget.level() < 0 for budget in self._budgets)

    async def admitted(self) -> bool:
        """Wait for a turn if it is over budget; whether the connection is still there."""
        if not self.ended and self.is_over():
            turn = self._accounts.slow.enter(self._network)
            self._turns.add(turn)
            try:
                await turn
            finally:
                self._turns.discard(turn)
        return not self.ended

    async def may_run(self, event: str) -> bool:
        """Whether to run an event, once it is its turn: one that waits for a connection that is gone never runs.

        The event that came first and has not begun is an exception: a tab may post and close.
        """
        if self.ended:
            return event == self._last and not self.is_over()
        return await self.admitted()

    def end(self) -> None:
        """Drop what waits, for a connection that is gone."""
        if not self.ended:
            self.ended = True
            self._last = next(iter(self.pending), None)
            for turn in self._turns:
                if not turn.done():
                    turn.set_result(None)

    def _settle(self) -> None:
        seconds, self._unsettled = self._unsettled, 0.0
        if seconds:
            for budget in self._budgets:
                budget.spend(seconds)
            self._accounts.count(seconds, slow=any(budget.level() < 0 for budget in self._budgets))


class Accounts:
    """The budgets of this process. Used on the event loop only."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.slow = SlowLane(clock)
        self.used = {"free": 0.0, "slow": 0.0}
        """Seconds by lane."""
        self.dropped = 0
        """Events that did not run because their connection was gone."""
        self._clock = clock
        self._sessions: dict[str, Budget] = {}
        self._networks: dict[str, Budget] = {}

    def open(self, session_id: str, network: str, *, limited: bool = True) -> Account:
        """The account of a new connection."""
        if not limited:
            return Account(network, (), self)
        of_session = self._kept(self._sessions, session_id, SESSION)
        of_network = self._kept(self._networks, network, NETWORK)
        return Account(network, (Budget(CONNECTION, self._clock), of_session, of_network), self)

    def count(self, seconds: float, *, slow: bool) -> None:
        """Count time that was taken off the budgets of an account."""
        self.used["slow" if slow else "free"] += seconds
        if slow:
            self.slow.spend(seconds)

    def _kept(self, kept: dict[str, Budget], key: str, share: Share) -> Budget:
        if key not in kept:
            if len(kept) >= KEPT:
                for known in [known for known, budget in kept.items() if budget.is_full()]:
                    del kept[known]
            while len(kept) >= KEPT:
                kept.pop(next(iter(kept)))
            kept[key] = Budget(share, self._clock)
        return kept[key]


_current: ContextVar[Account | None] = ContextVar("account", default=None)


def current() -> Account | None:
    """The account that pays for what runs now."""
    return _current.get()


@contextmanager
def paid_by(account: Account) -> Generator[None]:
    """Let `account` pay for what is started inside of the block, on threads too."""
    token = _current.set(account)
    try:
        yield
    finally:
        _current.reset(token)


@types.coroutine
def metered(inner: Coroutine[Any, Any, T], charge: Callable[[float], None]) -> Generator[Any, Any, T]:
    """Await `inner` and charge each of its steps; time that it waits costs nothing."""
    sent: object = None
    error: BaseException | None = None
    while True:
        started = time.thread_time()
        try:
            awaited = inner.send(sent) if error is None else inner.throw(error)
        except StopIteration as done:
            return cast(T, done.value)
        finally:
            charge(time.thread_time() - started)
        sent = error = None
        try:
            sent = yield awaited
        except GeneratorExit:
            inner.close()
            raise
        except BaseException as thrown:
            error = thrown
