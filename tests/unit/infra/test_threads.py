"""Blocking work on threads."""

import asyncio
import contextvars
import threading

import pytest

from portfolio_app.app.errors import Busy, Unavailable
from portfolio_app.app.processor_time import Accounts, paid_by
from portfolio_app.infra import threads
from portfolio_app.infra.hasher import Argon2Hasher
from portfolio_app.infra.threads import OF_A_NETWORK, WorkerThreads


async def test_what_work_returns_and_raises_comes_back() -> None:
    workers = WorkerThreads(1, "test")

    def fail() -> None:
        raise LookupError("no")

    assert await workers.run(lambda: threading.current_thread().name) == "test_0"
    with pytest.raises(LookupError, match="no"):
        await workers.run(fail)
    workers.close()


async def test_work_sees_the_context_of_whoever_asked_and_can_not_change_it() -> None:
    workers = WorkerThreads(1, "test")
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="nobody")

    def swap() -> str:
        seen = variable.get()
        variable.set("the worker")
        return seen

    async def ask(name: str) -> tuple[str, str]:
        variable.set(name)
        return await workers.run(swap), variable.get()

    assert await asyncio.gather(ask("ann"), ask("bob")) == [("ann", "ann"), ("bob", "bob")]
    workers.close()


async def test_too_much_waiting_work_is_refused_until_some_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MAX_WAITING", 2)
    workers, hanging = WorkerThreads(1, "test"), threading.Event()

    waiting = [asyncio.create_task(workers.run(lambda: hanging.wait(10))) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await workers.run(lambda: None)
    hanging.set()

    assert await asyncio.gather(*waiting) == [True, True]
    assert await workers.run(lambda: "done") == "done"
    workers.close()


async def test_the_work_of_one_network_leaves_threads_to_the_others() -> None:
    workers, accounts, hanging = WorkerThreads(OF_A_NETWORK + 1, "test"), Accounts(), threading.Event()
    busy, other = (accounts.open(name, f"network of {name}") for name in ("ann", "bob"))
    with paid_by(busy):
        theirs = [asyncio.create_task(workers.run(lambda: hanging.wait(10))) for _ in range(OF_A_NETWORK + 2)]
    await asyncio.sleep(0)
    with paid_by(other):
        await workers.run(hanging.set)

    assert await asyncio.gather(*theirs) == [True] * len(theirs)
    assert len(workers._turns) == 0, "nothing is kept of a network that asks for nothing"
    workers.close()


async def test_work_of_an_event_that_outlives_its_site_is_refused() -> None:
    workers, hasher = WorkerThreads(1, "test"), Argon2Hasher(256, 1)
    workers.close()
    hasher.close()
    for late in (workers.run(lambda: None), hasher.verify("x", None, b"0" * 16)):
        with pytest.raises(Unavailable):
            await late
    assert hasher.waiting == 0


async def test_work_that_waited_too_long_for_a_thread_is_refused_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or a thousand requests would wait for a database that is gone, one connection attempt after the other."""
    workers, hanging, done = WorkerThreads(1, "test"), threading.Event(), []
    first = asyncio.create_task(workers.run(lambda: hanging.wait(10)))
    await asyncio.sleep(0)
    monkeypatch.setattr(threads, "MAX_WAIT_S", -1)
    late = asyncio.create_task(workers.run(lambda: done.append("late")))
    await asyncio.sleep(0)
    monkeypatch.undo()
    in_time = asyncio.create_task(workers.run(lambda: done.append("in time")))
    await asyncio.sleep(0)
    hanging.set()

    outcomes = await asyncio.gather(first, late, in_time, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [bool, Busy, type(None)]
    assert done == ["in time"]
    workers.close()
