"""A page's handlers run as one event, in their order; what cannot is left to the framework."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from reflex.event import EventHandler
from reflex.istate.manager import _release_state_tree
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import state_snapshot_hashes
from reflex_base.utils.format import json_dumps

from portfolio_app.demos.kudos import GIVEN
from portfolio_app.http.transport.opening import Opening, _compile, _snapshot, make_as_needed, opening
from portfolio_app.http.transport.shared import channels


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


class Shown(rx.State):
    """Two vars, one of which is made anew for each tab."""

    word: str = "as compiled"
    words: list[str] = ["as", "compiled"]  # noqa: RUF012 (the framework copies it)


class Untouched(rx.State):
    """Nobody asks for it."""

    word: str = "nobody asks"


class Counted(rx.State):
    """A var that is computed."""

    number: int = 2

    @rx.var
    def twice(self) -> int:
        return self.number * 2


def tab() -> Any:
    """The states of a new tab, as the site makes them."""
    manager = StateManagerMemory()
    make_as_needed(manager)
    return manager._get_or_create_state(BaseStateToken(ident="tab", cls=rx.State))


async def whole(root: Any) -> dict[str, Any]:
    """What the framework would send of the same states: all of them, made at once; but no value that is pushed."""
    found = json.loads(json_dumps(type(root)(_reflex_internal_init=True).dict()))
    for each in root.substates.values():
        found |= json.loads(json_dumps(each.dict()))
    found[root.get_full_name()] = json.loads(json_dumps(root.dict()))[root.get_full_name()]
    pushed = {each.get_full_name() for each in channels()}
    return {name: values for name, values in found.items() if name not in pushed}


async def hashes_of_a_page() -> list[str]:
    """What a browser says of the states it was loaded with."""
    return state_snapshot_hashes(rx.State(_reflex_internal_init=True).dict(initial=True))


async def test_a_state_of_a_tab_is_made_when_something_asks_for_it() -> None:
    root = tab()
    assert len(root.substates) == 0
    assert Shown.get_name() in root.substates
    shown = await root.get_state(Shown)
    assert [*root.substates.values()] == [shown]
    assert shown is await root.get_state(Shown)
    assert shown.parent_state is root
    with pytest.raises(KeyError):
        root.substates["no such state"]
    _release_state_tree(root)
    assert Shown.get_name() not in root.substates


async def test_a_tab_that_comes_back_is_sent_all_that_the_framework_would_send() -> None:
    root = tab()
    (await root.get_state(Shown)).word = "changed"
    (await root.get_state(Shown)).words.append("too")
    sent = json.loads(await _snapshot(root, await _compile(rx.State), None))
    assert sent == await whole(root)
    assert sent[Untouched.get_full_name()] == {"word_rx_state_": "nobody asks"}
    assert sent[Counted.get_full_name()] == {"number_rx_state_": 2, "twice_rx_state_": 4}


async def test_a_browser_that_has_just_loaded_is_sent_what_it_does_not_have() -> None:
    root = tab()
    (await root.get_state(Shown)).word = "changed"
    (await root.get_state(Counted)).number = 3
    root.is_hydrated = True
    sent = json.loads(await _snapshot(root, await _compile(rx.State), await hashes_of_a_page()))
    assert sent == {
        rx.State.get_full_name(): {"is_hydrated_rx_state_": True},
        Shown.get_full_name(): {"word_rx_state_": "changed"},
        Counted.get_full_name(): {"number_rx_state_": 3, "twice_rx_state_": 6},
    }


async def test_a_value_that_was_pushed_while_the_page_was_read_is_not_taken_back() -> None:
    sent = json.loads(await _snapshot(tab(), await _compile(rx.State), None))
    assert Untouched.get_full_name() in sent
    assert GIVEN.channel.get_full_name() not in sent


@pytest.mark.parametrize("differ", [0, 1, -1])
async def test_what_a_browser_holds_otherwise_is_sent_whole(differ: int) -> None:
    root, hashes = tab(), await hashes_of_a_page()
    hashes[differ] = "0123456789abcdef"
    sent = json.loads(await _snapshot(root, await _compile(rx.State), hashes))
    expected = await whole(root)
    other = sorted(expected) if differ == 0 else [sorted(expected)[differ - (differ > 0)]]
    assert {name: expected[name] for name in other if expected[name]}.items() <= sent.items()
    assert differ == 0 or len(sent) <= 2


async def test_hashes_of_another_number_of_states_are_those_of_another_build() -> None:
    root, hashes = tab(), await hashes_of_a_page()
    compiled = await _compile(rx.State)
    assert json.loads(await _snapshot(root, compiled, hashes[:-1])) == await whole(root)
