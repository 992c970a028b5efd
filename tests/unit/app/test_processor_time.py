"""Processor time is shared by connection, session and network; who is over budget waits in a lane that costs little."""

import asyncio
import time
import weakref
from collections.abc import Generator
from contextlib import suppress
from typing import Any

import pytest

from portfolio_app.app import lanes
from portfolio_app.app import processor_time as subject
from portfolio_app.app.lanes import Budget, Lane, Share
from portfolio_app.app.processor_time import Account, Accounts, current, metered, paid_by
from portfolio_app.infra.threads import WorkerThreads

ANN, BOB, CAT = "198.51.100.1", "198.51.100.2", "198.51.100.3"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(clock: Clock) -> Accounts:
    return Accounts(clock)


def overdrawn(accounts: Accounts, network: str = ANN, session: str = "a") -> Account:
    account = accounts.open(session, network)
    account.spend(10)
    assert account.is_over()
    return account


async def test_a_budget_is_filled_at_its_rate_and_owes_no_more_than_its_debt(clock: Clock) -> None:
    budget = Budget(Share(0.1, 1.0, 0.5), clock)
    budget.spend(0.25)
    assert (budget.level(), budget.wait(), budget.left()) == (0.75, 0.0, 0.75)
    budget.spend(10)
    assert (budget.level(), budget.wait()) == (-0.5, 5.0)
    clock.now += 100
    assert budget.left() == 1


@pytest.mark.parametrize(
    ("session", "network", "is_over"), [("a", BOB, True), ("b", ANN, True), ("b", BOB, False)]
)
def test_sessions_and_networks_share_what_their_connections_use(
    accounts: Accounts, session: str, network: str, is_over: bool
) -> None:
    overdrawn(accounts)
    assert accounts.open(session, network).is_over() is is_over


def test_a_connection_uses_up_its_own_share_first(accounts: Accounts) -> None:
    account, other = accounts.open("a", ANN), accounts.open("a", ANN)
    account.spend(subject.CONNECTION.burst + 0.01)
    assert (account.is_over(), other.is_over()) == (True, False)


def test_a_network_that_connects_anew_finds_what_it_owes(accounts: Accounts, clock: Clock) -> None:
    overdrawn(accounts).end()
    assert accounts.open("another", ANN).is_over()
    clock.now += subject.NETWORK.debt / subject.NETWORK.rate + 1
    assert not accounts.open("another", ANN).is_over()


def test_without_limits_nobody_is_over(accounts: Accounts) -> None:
    account = accounts.open("a", ANN, limited=False)
    account.spend(1_000)
    assert not account.is_over()


def test_the_memory_for_budgets_is_bounded(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "KEPT", 50)
    for number in range(500):
        overdrawn(accounts, f"10.0.{number // 256}.{number % 256}", f"session {number}")
    assert (len(accounts._networks), len(accounts._sessions)) == (50, 50)


async def test_who_is_within_budget_does_not_wait_for_those_who_are_not(accounts: Accounts) -> None:
    waiting = asyncio.create_task(overdrawn(accounts).begin("work"))
    await asyncio.sleep(0)
    assert await asyncio.wait_for(accounts.open("b", BOB).begin("work"), 1)
    assert (waiting.done(), accounts.waiting()) == (False, {"shared": 0, "slow": 1})
    waiting.cancel()


async def test_who_has_used_much_is_one_of_few_at_a_time(accounts: Accounts) -> None:
    used = [accounts.open(network, network) for network in (ANN, BOB, CAT)]
    for account in used:
        account.spend(subject.CONNECTION.burst / 2)
        assert account.lane() is accounts.shared
    tasks = [asyncio.create_task(account.begin("work")) for account in used]
    await asyncio.sleep(0.01)  # nothing may begin in it
    assert [task.done() for task in tasks] == [True, True, False]
    used[0].done("work")
    assert await asyncio.gather(*tasks) == [True, True, True]


async def test_networks_take_turns() -> None:
    lane = Lane(1)
    turns = {name: lane.enter(name[:3]) for name in ("ann 1", "ann 2", "ann 3", "bob")}
    order = []
    while turns:
        [began] = [name for name, turn in turns.items() if turn.done()]
        order.append(began)
        lane.leave(turns.pop(began))
    assert order == ["ann 1", "ann 2", "bob", "ann 3"]


async def test_a_place_is_not_kept_for_work_that_waits_for_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "PLACE_S", 0.01)
    lane = Lane(1)
    first, second = lane.enter(ANN), lane.enter(BOB)
    assert (first.done(), second.done()) == (True, False)
    await asyncio.wait_for(second, 5)
    lane.leave(first)
    lane.leave(second)
    assert not lane._places


async def test_in_the_slow_lane_the_next_begins_when_the_time_of_the_last_is_paid(clock: Clock) -> None:
    lane = Lane(1, Budget(Share(1_000.0, 0.001, 1.0), clock))
    first, second = lane.enter(ANN), lane.enter(BOB)
    lane.spend(0.1)
    lane.leave(first)
    for _ in range(5):
        await asyncio.sleep(0.001)  # longer than the debt would last if the clock moved
    assert (first.done(), second.done(), len(lane)) == (True, False, 1)
    clock.now += 0.2
    await asyncio.wait_for(second, 5)
    lane.leave(second)


async def test_what_those_in_the_slow_lane_use_is_what_they_wait_for(
    accounts: Accounts, clock: Clock
) -> None:
    account = overdrawn(accounts)
    assert accounts.slow._budget.wait() == pytest.approx(subject.SLOW.debt / subject.SLOW.rate)
    assert accounts.used == {"free": 0.0, "shared": 0.0, "slow": 10.0}
    clock.now += 1_000
    account.spend(0.05)
    assert not account.is_over()
    assert accounts.used == {"free": pytest.approx(0.05), "shared": 0.0, "slow": 10.0}


async def test_of_a_connection_that_is_gone_only_what_was_next_still_runs(accounts: Accounts) -> None:
    account = accounts.open("a", ANN)
    account.pending = dict.fromkeys(("posted last", "behind it", "and behind that"))
    account.end()
    assert [await account.may_run(event) for event in account.pending] == [True, False, False]
    assert not await account.may_run("a later one")


async def test_over_budget_nothing_runs_for_a_connection_that_is_gone(accounts: Accounts) -> None:
    account = overdrawn(accounts)
    account.pending = dict.fromkeys(("first", "second"))
    waiting = [asyncio.create_task(account.may_run(event)) for event in account.pending]
    await asyncio.sleep(0)
    assert len(accounts.slow) == 2
    account.end()
    assert await asyncio.gather(*waiting) == [False, False]
    assert len(accounts.slow) == 0
    assert not await account.may_run("first")


def test_every_step_is_charged_and_waiting_is_not() -> None:
    async def work() -> str:
        burn(0.02)
        await asyncio.sleep(0.05)  # waiting, which costs nothing
        burn(0.02)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.sleep(60)  # cancelled at once
        return "done"

    steps: list[float] = []
    assert asyncio.run(run(metered(work(), steps.append))) == "done"
    assert len(steps) >= 3
    assert 0.04 <= sum(steps) < 0.06


async def run(work: Generator[Any, Any, str]) -> str:
    return await work


async def test_an_error_of_the_work_passes_and_its_time_counts() -> None:
    async def fail() -> str:
        burn(0.005)
        raise ValueError("whatever")

    steps: list[float] = []
    with pytest.raises(ValueError, match="whatever"):
        await run(metered(fail(), steps.append))
    assert sum(steps) >= 0.005


@pytest.mark.usefixtures("no_collector")
async def test_an_error_that_was_passed_on_keeps_nothing_when_it_is_forgotten() -> None:
    class Held:
        """Something that the work has."""

    async def fail(held: Held) -> str:
        known.append(weakref.ref(held))
        await asyncio.sleep(60)  # cancelled soon
        return "never"

    known: list[weakref.ref[Held]] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await run(metered(fail(Held()), lambda _: None))
    await asyncio.sleep(0)  # until its next step the task has the error
    assert [held() for held in known] == [None]


async def test_work_on_a_thread_is_paid_by_whoever_asked_for_it(accounts: Accounts) -> None:
    threads = WorkerThreads(1, "test")
    account = accounts.open("a", ANN)
    with paid_by(account):
        assert current() is account
        await threads.run(lambda: burn(0.02))
    await threads.run(lambda: burn(0.02))
    assert current() is None
    assert 0.02 <= accounts.used["free"] < 0.04
    threads.close()


def burn(seconds: float) -> None:
    """Use the processor."""
    started = time.thread_time()
    while time.thread_time() - started < seconds:
        pass
