"""A page's handlers run as one event, in their order; what cannot is left to the framework."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags
from reflex.event import EventHandler
from reflex.istate.data import RouterData
from reflex_base.registry import RegistrationContext

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.processor_time import Accounts, paid_by
from portfolio_app.http.account import IdentityState
from portfolio_app.http.chat.state import ChatState
from portfolio_app.http.home.first_trace import FirstTraceState
from portfolio_app.http.transport import opening as opened_by
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.action import TRACED, action, ignore
from portfolio_app.http.transport.caller import current_request_id
from portfolio_app.http.transport.frames.snapshots import compiled_states
from portfolio_app.http.transport.opening import (
    Opening,
    _is_traced,
    _reads,
    load,
    opening,
)
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Reopening, UnreadPage
from portfolio_app.http.transport.tracing import unrecorded
from portfolio_app.infra.tracing.recorder import sampled_parent
from tests.unit.http.site import FakeSite
from tests.unit.http.transport.tabs import Shown, Untouched, hashes_of_a_page, tab


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


def test_reads_are_traced_where_the_page_shows_their_trace() -> None:
    reads = [ChatState.event_handlers["enter"], IdentityState.event_handlers["load"]]
    opening("/quiet", reads)
    assert not _is_traced(_reads["/quiet"])
    opening("/shown", [*reads, FirstTraceState.event_handlers["begin"]])
    assert _is_traced(_reads["/shown"])


def test_what_is_unrecorded_keeps_its_request_id() -> None:
    own = SpanContext(7, 8, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    with trace.use_span(NonRecordingSpan(own)):
        with unrecorded():
            assert (current_request_id(), sampled_parent()) == (f"{7:032x}", None)
        assert sampled_parent() == own


class Sent(Push):
    """What goes to the tab, in its order."""

    def __init__(self) -> None:
        self.frames: list[Any] = []
        self.reads: list[EventHandler] = []
        """What the page does when it opens."""

    async def answer(self, _sid: str, delta: str) -> None:
        self.frames.append(json.loads(delta))


class Waiting(Reopening):
    """The pages that are to be read again."""

    def __init__(self) -> None:
        self.pages: list[UnreadPage] = []

    def add(self, page: UnreadPage) -> None:
        self.pages.append(page)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    """A page whose one read pushes to its own tab, and sets a var."""

    async def read(shown: Any) -> None:
        sent.frames.append("pushed")
        shown.word = "read"

    sent = Sent()
    FakeSite().install().parts[Push] = sent
    sent.reads = [_of(Shown, read)]
    app = SimpleNamespace(get_load_events=lambda _path: opening("/pushing", sent.reads))

    async def compile_(root: Any) -> Any:
        # Other tests have states that keep vars in the browser.
        return replace(await compiled_states(root), stores=False)

    monkeypatch.setattr(opened_by, "compiled_states", compile_)
    context = SimpleNamespace(app=app, base_states=RegistrationContext.get().base_states)
    monkeypatch.setattr(opened_by, "RegistrationContext", SimpleNamespace(get=lambda: context))
    yield sent
    runtime.uninstall()


async def test_what_was_so_before_is_sent_before_what_reads_push(sent: Sent) -> None:
    assert await load(tab()) == []
    before, pushed, after = sent.frames
    assert pushed == "pushed"
    assert before[rx.State.get_full_name()]["is_hydrated_rx_state_"] is False
    assert before[Untouched.get_full_name()] == {"word_rx_state_": "nobody asks"}
    assert after == {
        rx.State.get_full_name(): {"is_hydrated_rx_state_": True},
        Shown.get_full_name(): {"word_rx_state_": "read"},
    }


async def test_a_browser_that_has_just_loaded_gets_one_frame(sent: Sent) -> None:
    assert await load(tab(), hashes=await hashes_of_a_page()) == []
    pushed, after = sent.frames
    assert pushed == "pushed"
    assert after == {
        rx.State.get_full_name(): {"is_hydrated_rx_state_": True},
        Shown.get_full_name(): {"word_rx_state_": "read"},
    }


def untraced(run: Any) -> EventHandler:
    """A read whose steps nobody may see."""
    setattr(run, TRACED, False)
    return _of(Shown, run)


async def test_the_first_two_reads_are_done_at_the_same_time_on_the_account_of_the_tab(sent: Sent) -> None:
    accounts, both = Accounts(), asyncio.Barrier(2)
    account = accounts.open("session", "network", limited=False)
    events = [rx.console_log(word) for word in ("first", "second", "third")]

    async def first(_shown: Any) -> Any:
        await asyncio.wait_for(both.wait(), 10)
        return events[0]

    async def second(_shown: Any) -> Any:
        await asyncio.wait_for(both.wait(), 10)
        return [events[1]]

    async def third(_shown: Any) -> Any:
        assert both.n_waiting == 0
        return events[2]

    sent.reads = [untraced(first), untraced(second), untraced(third)]
    with paid_by(account):
        assert await load(tab()) == events
    account.settle()
    assert sum(accounts.used.values()) > 0, "what runs beside the event is paid for, too"


async def test_reads_whose_trace_is_shown_are_done_one_after_the_other(sent: Sent) -> None:
    under_way: list[str] = []

    async def alone(_shown: Any) -> None:
        under_way.append("")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(under_way) == 1
        under_way.clear()

    sent.reads = [_of(Shown, alone), _of(Shown, alone)]
    assert await load(tab()) == []


@pytest.mark.parametrize("failing", [0, 1])
async def test_a_read_that_fails_is_heard_of_once_the_other_one_has_ended(failing: int, sent: Sent) -> None:
    ended: list[str] = []

    async def fails(_shown: Any) -> None:
        raise LookupError

    async def takes_longer(_shown: Any) -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        ended.append("the other one")

    reads = [untraced(takes_longer), untraced(takes_longer)]
    reads[failing] = untraced(fails)
    sent.reads = reads
    with pytest.raises(LookupError):
        await load(tab())
    assert ended == ["the other one"]


async def test_what_could_not_be_read_is_read_again_while_the_tab_still_shows_the_page(sent: Sent) -> None:
    ran: list[str] = []
    is_up = False

    async def read(shown: Any) -> None:
        ran.append("read")
        shown.word = "read"

    @action("away.read", refused=ignore)
    async def meets_the_database(_shown: Any) -> None:
        ran.append("tried")
        if not is_up:
            raise Unavailable

    waiting = Waiting()
    runtime.current().parts[Reopening] = waiting
    opening("/pushing", [_of(Shown, read), _of(Shown, meets_the_database)])
    shown = tab()
    there = {"headers": {"x-portfolio-session": "a" * 32}, "pathname": "/pushing"}
    shown.router = RouterData.from_router_data(there)
    assert await Opening.event_handlers["read"].fn(shown, "/pushing") == []
    assert ran == ["read", "tried"]
    [page] = waiting.pages
    assert not await page.read(shown)
    is_up = True
    assert await page.read(shown)
    assert ran == ["read", "tried", "tried", "tried"], "only what was not read"
    shown.router = RouterData.from_router_data(there | {"pathname": "/elsewhere", "asPath": "/elsewhere"})
    assert await page.read(shown)
    assert ran[4:] == []
