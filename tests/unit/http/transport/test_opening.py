"""A page's handlers run as one event, in their order; what cannot is left to the framework."""

from types import SimpleNamespace
from typing import Any

import reflex as rx
from reflex.event import EventHandler

from portfolio_app.http.transport.opening import Opening, opening


class First:
    """Stands for a state, as does the other."""


class Second: ...


def handler(state: Any, name: str, returned: Any = None) -> EventHandler:
    async def run(self: Any) -> Any:
        self.ran.append(name)
        return returned

    return EventHandler(fn=run, state=None) if state is None else _of(state, run)


def _of(state: Any, run: Any) -> EventHandler:
    made = EventHandler(fn=run)
    object.__setattr__(made, "state", state)
    return made


async def in_steps(self: Any) -> Any:
    yield None


def of_one_argument(self: Any, wanted: str) -> None: ...


async def opened(route: Any) -> tuple[list[str], list[Any]]:
    ran: list[str] = []

    async def get_state(_state: Any) -> Any:
        return SimpleNamespace(ran=ran)

    tab = SimpleNamespace(get_state=get_state)
    return ran, await Opening.event_handlers["read"].fn(tab, route)


async def test_handlers_run_in_their_order_and_their_events_come_after_the_last() -> None:
    follow = rx.console_log("followed")
    loads = [handler(First, "first", follow), handler(Second, "second"), handler(First, "third", [follow])]
    [event] = opening("/page", loads)
    assert event.handler.fn.__qualname__.endswith("Opening.read")
    assert await opened("/page") == (["first", "second", "third"], [follow, follow])


async def test_what_yields_or_takes_something_stays_an_event_of_its_own() -> None:
    steps, argument, stateless = _of(First, in_steps), _of(First, of_one_argument), handler(None, "none")
    _, *left = opening("/other", [steps, handler(First, "first"), argument, stateless])
    assert left == [steps, argument, stateless]
    assert await opened("/other") == (["first"], [])


async def test_a_route_that_no_page_has_reads_nothing() -> None:
    assert [await opened(route) for route in ("/nowhere", None, [], {})] == [([], [])] * 4
