"""The load of a page: one event and one frame. States that a tab does not use are not made for it."""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Final, TypeAlias, TypeVar

import reflex as rx
from reflex.event import EventHandler, EventSpec, event
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken, StateToken
from reflex.state import BaseState, OnLoadInternalState, state_snapshot_hashes
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import json_dumps
from reflex_base.vars.base import LiteralVar

from portfolio_app.app.processor_time import current, metered
from portfolio_app.http.transport.action import TRACED, unavailable
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Reopening, UnreadPage
from portfolio_app.http.transport.runtime import options, part
from portfolio_app.http.transport.tracing import unrecorded

T = TypeVar("T")

_Read: TypeAlias = tuple[type[BaseState], Callable[[BaseState], Awaitable[Any]]]
_Tried: TypeAlias = tuple[Any, bool]
_reads: Final[dict[str, tuple[_Read, ...]]] = {}


def opening(route: str, handlers: Sequence[Any]) -> list[Any]:
    """What to give Reflex as `on_load` of a page: handlers that take nothing and answer once become one event.

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
    """What a read returned, and whether it met no database that was away."""
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
    sid, path = state.rx_router_session.session_id, state.rx_router_url.path

    async def read(tab: BaseState) -> bool:
        if (tab.rx_router_session.session_id, tab.rx_router_url.path) != (sid, path):
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


class Substates(dict[str, BaseState]):
    """The substates of a state, each made when something asks for it."""

    __slots__ = ("_of",)

    def __init__(self, of: BaseState) -> None:
        super().__init__()
        self._of: BaseState | None = of

    def __contains__(self, name: object) -> bool:
        return self._of is not None and name in _kinds(type(self._of))

    def __missing__(self, name: str) -> BaseState:
        if self._of is None:
            raise KeyError(name)
        made = self[name] = _bare(_kinds(type(self._of))[name], self._of)
        return made

    def clear(self) -> None:
        """Forget them, and whose they are: what points in circles would wait for the collector of garbage."""
        super().clear()
        self._of = None


def _bare(kind: type[BaseState], parent: BaseState | None = None) -> BaseState:
    made = kind(parent_state=parent, init_substates=False, _reflex_internal_init=True)
    object.__setattr__(made, "substates", Substates(made))
    return made


@cache
def _kinds(kind: type[BaseState]) -> dict[str, type[BaseState]]:
    return {found.get_name(): found for found in kind.get_substates()}


def make_as_needed(manager: StateManager) -> None:
    """From now on, have `manager` make the root of a new tab's states, and each other state when it is needed."""
    if not isinstance(manager, StateManagerMemory):
        raise TypeError("the states of tabs are kept in memory")
    find = manager._get_or_create_state

    def found(token: StateToken[Any]) -> Any:  # noqa: ANN401 (as the framework has it)
        if isinstance(token, BaseStateToken) and token.cache_key not in manager.states:
            manager.states[token.cache_key] = _bare(token.cls.get_root_state())
        return find(token)

    manager._get_or_create_state = found  # type: ignore[method-assign]  # Reflex has no hook for it


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The states as pages were compiled with them, in JSON: what a browser holds before it has connected.

    `changing` are states that may differ from it before anything has been done with them: they are always made.
    """

    digest: str
    """Of the names of all states."""
    hashes: dict[str, str]
    vars: dict[str, dict[str, str]]
    states: dict[str, str]
    """Each with its name, as a part of an object."""
    changing: tuple[type[BaseState], ...]
    stores: bool
    """Whether a var is kept in the browser's storage."""

    def held(self, hashes: Sequence[str] | None) -> frozenset[str]:
        """The states that a browser holds as they are here; `hashes` are those of its own, if it has just loaded."""
        if not hashes or len(hashes) != len(self.hashes) + 1 or hashes[0] != self.digest:
            return frozenset()
        pairs = zip(self.hashes.items(), hashes[1:], strict=True)
        return frozenset(name for (name, own), theirs in pairs if own == theirs)


_compiled: Final[dict[int, _Compiled]] = {}
"""By the number of states there are: a hot reload adds some."""


async def _compile(root: type[BaseState]) -> _Compiled:
    known = RegistrationContext.get().base_states
    if len(known) not in _compiled:
        _compiled[len(known)] = await _compiled_of(root, tuple(known.values()))
    return _compiled[len(known)]


async def _compiled_of(root: type[BaseState], kinds: Sequence[type[BaseState]]) -> _Compiled:
    found = root(_reflex_internal_init=True).dict(initial=True)
    for name, values in found.items():
        found[name] = {
            key: await value if inspect.isawaitable(value) else value for key, value in values.items()
        }
    digest, *hashes = state_snapshot_hashes(found)
    texts = {
        name: {key: json_dumps(value) for key, value in values.items()} for name, values in found.items()
    }
    return _Compiled(
        digest,
        dict(zip(sorted(found), hashes, strict=True)),
        texts,
        {name: _object(name, values) for name, values in texts.items()},
        tuple(kind for kind in kinds if kind is not root and _changes(kind)),
        any(kind._is_client_storage(var) for kind in kinds for var in kind.base_vars),
    )


def _changes(kind: type[BaseState]) -> bool:
    """Whether values are computed, or made by something that may not make the same ones twice."""
    factories = [each.default_factory for each in kind.__fields__.values() if each._owner is kind]
    return bool(kind.computed_vars) or any(
        not (made is None or isinstance(made, type | partial)) for made in factories
    )


def _object(name: str, texts: dict[str, str]) -> str:
    members = ",".join([f'"{key}":{text}' for key, text in texts.items()])
    return f'"{name}":{{{members}}}'


_HYDRATE: Final = "hydrate_and_load"
_by_reflex: Any = rx.State.event_handlers[_HYDRATE].fn


def in_one_event() -> None:
    """From now on, have the event with which a tab connects read its page.

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
    compiled = await _compile(type(state))
    if compiled.stores:
        for kind in RegistrationContext.get().base_states.values():
            await state.get_state(kind)
        return await _by_reflex(state, vars, hashes)
    reads = _joined(RegistrationContext.get().app.get_load_events(state.rx_router_url.path))
    state.is_hydrated = False
    before = await _snapshot(state, compiled, hashes)
    state._clean()  # type: ignore[no-untyped-call]  # the framework's
    sid = state.rx_router_session.session_id
    if reads is None or before.keys() - {state.get_full_name()}:
        # First, as reads may push to their own tab: what was so before may not take the place of that.
        await part(Push).answer(sid, _delta(before, compiled))
        before = {}
    if reads is None:
        return [OnLoadInternalState.on_load_internal]
    # Where the trace is shown, each read has a transaction of its own, whose steps are its own.
    is_traced = options().exports_traces or _is_traced(reads)
    with nullcontext() if is_traced else unrecorded():
        following = await _run(state, reads, two_at_once=not is_traced)
    state.is_hydrated = True
    for name, changes in (await state._get_resolved_delta()).items():
        changed = {key: json_dumps(value) for key, value in changes.items()}
        before[name] = before.get(name, {}) | changed
    await part(Push).answer(sid, _delta(before, compiled))
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


async def _snapshot(
    root: rx.State, compiled: _Compiled, hashes: Sequence[str] | None
) -> dict[str, dict[str, str]]:
    """The vars of all states in JSON, without what a browser holds."""
    for kind in compiled.changing:
        await root.get_state(kind)
    held = compiled.held(hashes)
    found = {each.get_full_name(): await _vars_of(each, compiled) for each in _made(root)}
    if compiled.changing:  # a value that was computed may have changed others
        for name, changes in (await root._get_resolved_delta()).items():
            found[name] |= {key: json_dumps(value) for key, value in changes.items()}
    for name in held & found.keys():
        same = compiled.vars[name]
        found[name] = {key: text for key, text in found[name].items() if text != same.get(key)}
    rest = {name: vars_ for name, vars_ in compiled.vars.items() if name not in found and name not in held}
    # A state without vars goes out empty, as the framework has it: by its name it takes events like any other.
    return {name: texts for name, texts in (found | rest).items() if texts or name not in held}


def _delta(states: dict[str, dict[str, str]], compiled: _Compiled) -> str:
    whole = [
        compiled.states[name] if texts is compiled.vars.get(name) else _object(name, texts)
        for name, texts in states.items()
    ]
    return f"{{{','.join(whole)}}}"


def _made(state: BaseState) -> Iterator[BaseState]:
    yield state
    for each in state.substates.values():
        yield from _made(each)


async def _vars_of(state: BaseState, compiled: _Compiled) -> dict[str, str]:
    own, known = vars(state), compiled.vars[state.get_full_name()]
    found = {
        key: json_dumps(own[name]) if name in own else known[key]
        for name in state.base_vars
        for key in (name + FIELD_MARKER,)
    }
    if state.computed_vars:
        state._mark_dirty_computed_vars()
    for name, computed in state.computed_vars.items():
        if not computed._backend:
            value = state.get_value(name)
            found[name + FIELD_MARKER] = json_dumps(await value if inspect.isawaitable(value) else value)
    return found
