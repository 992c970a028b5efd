"""The load of a page: one event and one frame."""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final, TypeAlias, TypeVar

import reflex as rx
from reflex.event import EventHandler, EventSpec, event
from reflex.istate.manager.token import BaseStateToken
from reflex.state import BaseState, OnLoadInternalState
from reflex_base.registry import RegistrationContext
from reflex_base.vars.base import LiteralVar

from portfolio_app.app.processor_time import current, metered
from portfolio_app.http.transport.action import TRACED, unavailable
from portfolio_app.http.transport.caller import path_of, sid_of
from portfolio_app.http.transport.frames.snapshots import compiled_states, delta, snapshot, text_of
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Reopening, UnreadPage
from portfolio_app.http.transport.runtime import options, part
from portfolio_app.http.transport.tracing import unrecorded

T = TypeVar("T")

_Read: TypeAlias = tuple[type[BaseState], Callable[[BaseState], Awaitable[Any]]]
_Tried: TypeAlias = tuple[Any, bool]
_reads: Final[dict[str, tuple[_Read, ...]]] = {}


def opening(route: str, handlers: Sequence[Any]) -> list[Any]:
    """The `on_load` of a page for Reflex: handlers that take nothing and answer once become one event.

    They run first, in their order; whatever else there is follows as it came. An event of the framework has a task, a
    lock, a span, a search for what changed and a frame of its own: more than most of these reads.
    """
    reads = [(handler, read) for handler in handlers if (read := _read_of(handler)) is not None]
    _reads[route] = tuple(read for _, read in reads)
    joined = [handler for handler, _ in reads]
    event_of: Any = Opening.read  # which a type checker takes for a namespace
    return [event_of(route), *(handler for handler in handlers if handler not in joined)]


class Opening(rx.State):
    """The one event of a page that opens; it has nothing to show itself."""

    @event
    async def read(self, route: str) -> list[Any]:
        """Run the page's handlers one after the other; the events they return come after the last one."""
        return await _run(self, _reads.get(str(route), ()))


async def _run(state: BaseState, reads: Sequence[_Read], *, two_at_once: bool = False) -> list[Any]:
    """The events that the reads return; with `two_at_once` the first two share a transaction, where they can."""
    tried: list[_Tried] = []
    if two_at_once and len(reads) > 1:
        tried += await _both(_try(state, reads[0]), _try(state, reads[1]))
    tried += [await _try(state, read) for read in reads[len(tried) :]]
    if unread := [read for read, (_, is_read) in zip(reads, tried, strict=True) if not is_read]:
        _read_later(state, unread)
    answers = [answer for answer, _ in tried if answer is not None]
    return [each for answer in answers for each in (answer if isinstance(answer, list) else [answer])]


async def _try(state: BaseState, read: _Read) -> _Tried:
    """Run a read: what it returned, and whether the database was there."""
    kind, run = read
    with unavailable() as names:
        answer = await run(await state.get_state(kind))
    return answer, not names


async def _both(one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, T]) -> tuple[T, T]:
    """Both results, found at the same time, on the account of who asks."""
    account = current()
    beside = asyncio.create_task(one if account is None else metered(one, account.spend))
    try:
        second = await other
    finally:
        first = await beside
    return first, second


def _read_later(state: BaseState, reads: Sequence[_Read]) -> None:
    """Have these reads run again once the database is back, while the tab still shows this page."""
    sid, path = sid_of(state), path_of(state)

    async def read(tab: BaseState) -> bool:
        if (sid_of(tab), path_of(tab)) != (sid, path):
            return True
        with unavailable() as names, unrecorded():
            for kind, run in reads:
                await run(await tab.get_state(kind))
        return not names

    token = BaseStateToken(ident=state.rx_router_session.client_token, cls=state.get_root_state())
    part(Reopening).add(UnreadPage(sid, token, read))


def _read_of(handler: object) -> _Read | None:
    if not isinstance(handler, EventHandler) or handler.state is None or handler.is_background:
        return None
    _, *arguments = inspect.signature(handler.fn).parameters
    return None if arguments or not inspect.iscoroutinefunction(handler.fn) else (handler.state, handler.fn)


_HYDRATE: Final = "hydrate_and_load"
_by_reflex: Any = rx.State.event_handlers[_HYDRATE].fn


def in_one_event() -> None:
    """Have the event with which a tab connects, from now on, read its page.

    By itself the framework makes three events and three frames of it: all states as they are, what the page reads,
    and that it is done. Here a browser that has just loaded gets one, and one that comes back two.
    """
    handlers, name = RegistrationContext.get().event_handlers, f"{rx.State.get_full_name()}.{_HYDRATE}"
    handlers[name] = replace(handlers[name], handler=replace(handlers[name].handler, fn=load))


async def load(state: rx.State, vars: dict[str, Any] | None = None, hashes: list[str] | None = None) -> Any:  # noqa: A002, ANN401 (as the framework has it)
    """Send all states as they are, but for what a browser that has just loaded has, and then what the page reads.

    What the framework does it does where a browser keeps vars of its own; and it goes on alone where something has
    to follow the reads.
    """
    compiled = await compiled_states(type(state))
    if compiled.stores:
        for kind in RegistrationContext.get().base_states.values():
            await state.get_state(kind)
        return await _by_reflex(state, vars, hashes)
    reads = _joined(RegistrationContext.get().app.get_load_events(path_of(state)))
    state.is_hydrated = False
    before = await snapshot(state, compiled, hashes)
    state._clean()  # type: ignore[no-untyped-call]  # the framework's
    sid = sid_of(state)
    if reads is None or before.keys() - {state.get_full_name()}:
        # First, as reads may push to their own tab: what was so before may not take the place of that.
        await part(Push).answer(sid, delta(before, compiled))
        before = {}
    if reads is None:
        return [OnLoadInternalState.on_load_internal]
    # Where the trace is shown, each read has a transaction of its own, whose steps are its own.
    is_traced = options().exports_traces or _is_traced(reads)
    with nullcontext() if is_traced else unrecorded():
        following = await _run(state, reads, two_at_once=not is_traced)
    state.is_hydrated = True
    for name, changes in (await state._get_resolved_delta()).items():
        changed = {key: text_of(value) for key, value in changes.items()}
        before[name] = before.get(name, {}) | changed
    await part(Push).answer(sid, delta(before, compiled))
    state._clean()  # type: ignore[no-untyped-call]
    return following


def _is_traced(reads: Sequence[_Read]) -> bool:
    return any(getattr(read, TRACED, True) for _, read in reads)


def _joined(events: Sequence[Any]) -> tuple[_Read, ...] | None:
    """The reads of a page that has nothing else, None for others."""
    match events:
        case []:
            return ()
        case [EventSpec(handler=EventHandler(state=kind), args=((_, LiteralVar() as route),))] if (
            kind is Opening
        ):
            return _reads[json.loads(str(route))]
        case _:
            return None
