"""Processor time: what clients cost, shared by a connection, its session and its network.

Nobody is refused for what they cost. Who has used much waits for a place in a lane for a few at a time, who is over
budget in one that gets a small share of the processor: a crowd of them costs no more than one.
"""

import time
import types
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar, cast

from portfolio_app.app.lanes import Budget, Clock, Lane, Share, Turn

T = TypeVar("T")

CONNECTION: Final = Share(0.015, 0.3, 0.15)
"""A tab that asks for something three times a second, after opening several pages."""
SESSION: Final = Share(0.02, 0.4, 0.2)
NETWORK: Final = Share(0.025, 0.5, 0.3)
"""Fifty tabs that open at once; in the long run ten posts a second. Ten busy networks leave three quarters free."""
REQUESTS: Final = Share(0.1, 2.0, 0.5)
"""The share of a network by plain HTTP: fifty pages with all their files at once, two a second in the long run."""
PROBES: Final = Share(0.01, 0.25, 0.1)
"""The share of a network by asking for liveness and readiness: hundreds at once, a dozen a second in the long run."""
FREE: Final = 0.6
"""The part of a burst that lets a payer who has it left wait for nobody."""
AT_ONCE: Final = 2
"""Turns at once in the lane of those who have used more: each is a millisecond or two in everybody's way."""
SHARED: Final = Share(0.3, 0.5, 0.5)
"""The share of everybody who has used more, together: at least half of the processor is left to those who have not."""
SLOW: Final = Share(0.15, 0.001, 1.0)
"""The share of everybody who is over budget, together."""
SETTLE_S: Final = 0.001
"""Time that is added up before it is taken off the budgets."""
KEPT: Final = 4096
"""Sessions and networks whose budget is remembered after their last connection."""


class Account:
    """The time that one connection or request has used, and what it has asked for. Without budgets it never waits."""

    __slots__ = ("_accounts", "_budgets", "_last", "_turns", "_unsettled", "ended", "network", "pending")

    def __init__(self, network: str, budgets: tuple[Budget, ...], accounts: "Accounts") -> None:
        self.ended = False
        self.pending: dict[str, None] = {}
        """Ids of events that are not answered yet, in the order they came."""
        self.network = network
        self._budgets = budgets
        self._accounts = accounts
        self._last: str | None = None
        self._turns: dict[str, tuple[Lane, Turn]] = {}
        self._unsettled = 0.0

    @property
    def is_limited(self) -> bool:
        """Whether it ever waits."""
        return bool(self._budgets)

    def spend(self, seconds: float) -> None:
        """Count processor time that was used for it."""
        self._unsettled += seconds
        if self._unsettled > SETTLE_S:
            self.settle()

    def settle(self) -> None:
        """Take what was used off the budgets."""
        seconds, self._unsettled = self._unsettled, 0.0
        if seconds:
            for budget in self._budgets:
                budget.spend(seconds)
            self._accounts.count(seconds, self.lane())

    def lane(self) -> Lane | None:
        """The lane in which its work waits: none as long as connection, session and network have used little."""
        left = min((budget.left() for budget in self._budgets), default=1.0)
        if left >= FREE:
            return None
        return self._accounts.shared if left >= 0 else self._accounts.slow

    def is_over(self) -> bool:
        """Whether connection, session or network has used more than its share."""
        self.settle()
        return self.lane() is self._accounts.slow

    async def begin(self, work: str) -> bool:
        """Wait for the turn of some work; whether the connection is still there. `done` has to follow."""
        self.settle()
        lane = self.lane()
        if not self.ended and lane is not None:
            turn = lane.enter(self.network)
            self._turns[work] = lane, turn
            await turn
        return not self.ended

    def done(self, work: str) -> None:
        """Give back the place of some work, if it had one."""
        if work in self._turns:
            lane, turn = self._turns.pop(work)
            lane.leave(turn)

    async def may_run(self, event: str) -> bool:
        """Whether to run an event, once it is its turn: one that waits for a connection that is gone never runs.

        The event that came first and has not begun is an exception: a tab may post and close.
        """
        if self.ended:
            return event == self._last and not self.is_over()
        return await self.begin(event)

    def end(self) -> None:
        """Drop what waits, for a connection that is gone."""
        if not self.ended:
            self.ended = True
            self._last = next(iter(self.pending), None)
            for _, turn in self._turns.values():
                if not turn.done():
                    turn.set_result(None)


class Accounts:
    """The budgets of this process. Used on the event loop only."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.shared = Lane(AT_ONCE, Budget(SHARED, clock))
        self.slow = Lane(1, Budget(SLOW, clock))
        self.used = {"free": 0.0, "shared": 0.0, "slow": 0.0}
        """Seconds by lane."""
        self.dropped = 0
        """Events and requests that were not run because their client was gone."""
        self._clock = clock
        self._sessions: dict[str, Budget] = {}
        self._networks: dict[str, Budget] = {}
        self._requests: dict[str, Budget] = {}
        self._probes: dict[str, Budget] = {}

    def open(self, session_id: str, network: str, *, limited: bool = True) -> Account:
        """The account of a new connection."""
        if not limited:
            return Account(network, (), self)
        of_session = self._kept(self._sessions, session_id, SESSION)
        of_network = self._kept(self._networks, network, NETWORK)
        return Account(network, (Budget(CONNECTION, self._clock), of_session, of_network), self)

    def request(self, network: str) -> Account:
        """The account of an HTTP request."""
        return Account(network, (self._kept(self._requests, network, REQUESTS),), self)

    def probe(self, network: str) -> Account:
        """The account of a request that asks how the site is."""
        return Account(network, (self._kept(self._probes, network, PROBES),), self)

    def waiting(self) -> dict[str, float]:
        """Turns that are waited for, by lane."""
        return {"shared": len(self.shared), "slow": len(self.slow)}

    def count(self, seconds: float, lane: Lane | None) -> None:
        """Count time that was taken off the budgets of an account."""
        self.used["free" if lane is None else "shared" if lane is self.shared else "slow"] += seconds
        if lane is not None:
            lane.spend(seconds)

    def _kept(self, kept: dict[str, Budget], key: str, share: Share) -> Budget:
        if key not in kept:
            if len(kept) >= KEPT:
                for known in [known for known, budget in kept.items() if budget.left() >= 1]:
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
def paid_by(account: Account) -> Iterator[None]:
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
            sent = error = None  # an error's traceback holds this frame, and would be held by it
        try:
            sent = yield awaited
        except GeneratorExit:
            inner.close()
            raise
        except BaseException as thrown:
            error = thrown
