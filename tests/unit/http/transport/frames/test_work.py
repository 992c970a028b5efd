"""Events are paid for by the connection that asked for them; states go when their tab has left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex_base.event import Event, EventHandler
from reflex_base.event.processor import EventProcessor
from reflex_base.registry import RegisteredEventHandler, RegistrationContext

from portfolio_app.app.processor_time import Account, Accounts, current, paid_by
from portfolio_app.http.chat.state import ChatState
from portfolio_app.http.transport.frames import send_queue as work
from portfolio_app.http.transport.frames.send_queue import TabStates

Handler = Callable[..., Awaitable[None]]


class Processor(EventProcessor):
    """Without slots, as the one for states."""


class Events:
    """Reflex's event processor with handlers of a test's own."""

    def __init__(self) -> None:
        self.processor = Processor().configure()
        self.accounts = Accounts(lambda: 0.0)
        self.ran: list[tuple[str, Account | None]] = []
        self.go_on = asyncio.Event()
        work.charge(self.processor, self.accounts)

    async def note(self, name: str) -> None:
        """Run for as long as the test wants."""
        self.ran.append((name, current()))
        await self.go_on.wait()

    async def ask(self, account: Account | None, *names: str) -> list[asyncio.Future[Any]]:
        """Send events as a tab does."""
        answers = []
        for name in names:
            event = Event(name="note", payload={"name": name})
            if account is None:
                answers.append(await self.processor.enqueue("tab", event))
            else:
                with paid_by(account):
                    answers.append(await self.processor.enqueue("tab", event))
        return answers

    async def settle(self) -> list[str]:
        """Let begin what can begin; the names of what has begun."""
        for _ in range(20):
            await asyncio.sleep(0)
        return [name for name, _ in self.ran]


@pytest_asyncio.fixture
async def events() -> AsyncIterator[Events]:
    with RegistrationContext():
        made = Events()
        handler = RegisteredEventHandler(handler=EventHandler(fn=made.note), states=())
        RegistrationContext.get().event_handlers["note"] = handler
        async with made.processor:
            yield made
            made.go_on.set()


async def test_an_event_is_paid_for_by_the_connection_it_came_from(events: Events) -> None:
    account = events.accounts.open("a", "198.51.100.1")
    events.go_on.set()
    await asyncio.gather(*await events.ask(account, "mine"), *await events.ask(None, "the site's own"))
    assert events.ran == [("mine", account), ("the site's own", None)]
    account.is_over()
    assert events.accounts.used["free"] > 0
    assert not account.pending


async def test_what_waits_for_a_client_that_has_left_never_runs(events: Events) -> None:
    account = events.accounts.open("a", "198.51.100.1")
    await events.ask(account, "runs", "waits", "waits too")
    assert await events.settle() == ["runs"]
    account.end()
    events.go_on.set()
    assert await events.settle() == ["runs"]
    assert (events.accounts.dropped, account.pending) == (2, {})


async def test_a_tab_that_posts_and_closes_has_posted(events: Events) -> None:
    account = events.accounts.open("a", "198.51.100.1")
    await events.ask(account, "the last post", "another")
    account.end()
    events.go_on.set()
    assert await events.settle() == ["the last post"]


async def test_over_budget_an_event_waits_for_its_turn(events: Events) -> None:
    account = events.accounts.open("a", "198.51.100.1")
    account.spend(10)
    [answer] = await events.ask(account, "slow")
    assert await events.settle() == []
    assert len(events.accounts.slow) == 1
    account.end()
    await asyncio.wait_for(answer, 5)
    assert (events.ran, events.accounts.dropped) == ([], 1)


async def test_the_state_of_a_tab_goes_between_one_and_two_sweeps_after_it() -> None:
    manager, connected = StateManagerMemory(), {"here": "sid", "leaves": "sid", "busy": "sid", "back": "sid"}
    for token in connected:
        await manager.get_state(_token(token))
    states = TabStates(manager, connected)
    states.sweep()
    for token in ("leaves", "busy", "back"):
        del connected[token]
    states.sweep()
    assert len(states) == 4
    connected["back"] = "another sid"
    async with manager.modify_state(_token("busy")):
        states.sweep()
        assert set(manager.states) == {"here", "busy", "back"}
    states.sweep()
    assert set(manager.states) == {"here", "back"}
    assert not manager._states_locks
    await manager.close()


def _token(ident: str) -> BaseStateToken:
    return BaseStateToken(ident=ident, cls=ChatState)


async def test_states_are_swept_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "SWEEP_S", 0.0)
    manager = StateManagerMemory()
    await manager.get_state(_token("gone"))
    states = TabStates(manager, {})
    watching = asyncio.create_task(states.watch())
    async with asyncio.timeout(5):
        while len(states):
            await asyncio.sleep(0)
    watching.cancel()
    await manager.close()
