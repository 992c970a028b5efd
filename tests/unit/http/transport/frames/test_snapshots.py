"""A tab is sent what its browser does not have: the same as the framework would send."""

import json
from dataclasses import replace
from typing import Any

import pytest
import reflex as rx
from reflex.istate.manager import _release_state_tree
from reflex.state import FrontendEventExceptionState
from reflex_base.utils.format import json_dumps

from portfolio_app.http.transport.frames import snapshots
from portfolio_app.http.transport.frames.snapshots import compiled_states, delta, shortened, snapshot
from tests.unit.http.transport.tabs import Counted, Shown, Untouched, hashes_of_a_page, tab


async def whole(root: Any) -> dict[str, Any]:
    """What the framework would send of the same states: all of them, made at once."""
    found = json.loads(json_dumps(type(root)(_reflex_internal_init=True).dict()))
    for each in root.substates.values():
        found |= json.loads(json_dumps(each.dict()))
    found |= {root.get_full_name(): json.loads(json_dumps(root.dict()))[root.get_full_name()]}
    return found


async def sent_of(root: Any, hashes: list[str] | None) -> dict[str, Any]:
    compiled = await compiled_states(rx.State)
    sent: dict[str, Any] = json.loads(delta(await snapshot(root, compiled, hashes), compiled))
    return sent


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
    sent = await sent_of(root, None)
    assert sent == await whole(root)
    assert sent[Untouched.get_full_name()] == {"word_rx_state_": "nobody asks"}
    assert sent[Counted.get_full_name()] == {"number_rx_state_": 2, "twice_rx_state_": 4}
    assert sent[FrontendEventExceptionState.get_full_name()] == {}, "it has no vars, but takes events"
    assert sent.keys() == (await compiled_states(rx.State)).vars.keys()


async def test_a_browser_that_has_just_loaded_is_sent_what_it_does_not_have() -> None:
    root = tab()
    (await root.get_state(Shown)).word = "changed"
    (await root.get_state(Counted)).number = 3
    root.is_hydrated = True
    sent = await sent_of(root, await hashes_of_a_page())
    assert sent == {
        rx.State.get_full_name(): {"is_hydrated_rx_state_": True},
        Shown.get_full_name(): {"word_rx_state_": "changed"},
        Counted.get_full_name(): {"number_rx_state_": 3, "twice_rx_state_": 6},
    }


@pytest.mark.parametrize("differ", [0, 1, -1])
async def test_what_a_browser_holds_otherwise_is_sent_whole(differ: int) -> None:
    root, hashes = tab(), await hashes_of_a_page()
    hashes[differ] = "0123456789abcdef"
    sent = await sent_of(root, hashes)
    expected = await whole(root)
    other = sorted(expected) if differ == 0 else [sorted(expected)[differ - (differ > 0)]]
    assert {name: expected[name] for name in other if expected[name]}.items() <= sent.items()
    assert differ == 0 or len(sent) <= 2


async def test_hashes_of_another_number_of_states_are_those_of_another_build() -> None:
    root, hashes = tab(), await hashes_of_a_page()
    assert await sent_of(root, hashes[:-1]) == await whole(root)


async def test_a_browser_that_holds_everything_as_compiled_says_so_in_one_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled, hashes = await compiled_states(rx.State), await hashes_of_a_page()
    own = [compiled.digest, *compiled.hashes.values()]
    for stores, passed in ((True, own), (False, [compiled.digest])):
        known = {number: replace(compiled, stores=stores) for number in snapshots._compiled}
        monkeypatch.setattr(snapshots, "_compiled", known)
        assert shortened(own) == passed
    others = [*own[:-1], "0123456789abcdef"]
    assert shortened(others) == others
    assert compiled.held([compiled.digest]) == compiled.held(own) == compiled.hashes.keys()
    root = tab()
    assert await sent_of(root, [compiled.digest]) == await sent_of(root, own)
    assert own == hashes
