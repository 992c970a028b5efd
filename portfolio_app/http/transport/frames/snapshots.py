"""The states of a tab, made when something asks for them, and compared with what its browser holds: as compiled."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import reflex as rx
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken, StateToken
from reflex.state import BaseState, state_snapshot_hashes
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import json_dumps


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
    """Have `manager`, from now on, make the root of a new tab's states, and each other state when it is needed."""
    if not isinstance(manager, StateManagerMemory):
        raise TypeError("the states of tabs are kept in memory")
    find = manager._get_or_create_state

    def found(token: StateToken[Any]) -> Any:  # noqa: ANN401 (as the framework has it)
        if isinstance(token, BaseStateToken) and token.cache_key not in manager.states:
            manager.states[token.cache_key] = _bare(token.cls.get_root_state())
        return find(token)

    manager._get_or_create_state = found  # type: ignore[method-assign]  # Reflex has no hook for it


@dataclass(frozen=True, slots=True)
class Compiled:
    """The states as pages were compiled with them, in JSON: what a browser holds before it has connected.

    `changing` are states that may differ from it before anything has been done with them: they are always made.
    """

    digest: str
    """Digest of the names of all states."""
    hashes: dict[str, str]
    vars: dict[str, dict[str, str]]
    states: dict[str, str]
    """Each with its name, as a part of an object."""
    changing: tuple[type[BaseState], ...]
    stores: bool
    """Whether a var is kept in the browser's storage."""

    def held(self, hashes: Sequence[str] | None) -> frozenset[str]:
        """The states that a browser holds as they are here; `hashes` are those of its own, if it has just loaded.

        The digest alone says that it holds them all: see `shortened`.
        """
        if hashes == [self.digest]:
            return frozenset(self.hashes)
        if not hashes or len(hashes) != len(self.hashes) + 1 or hashes[0] != self.digest:
            return frozenset()
        pairs = zip(self.hashes.items(), hashes[1:], strict=True)
        return frozenset(name for (name, own), theirs in pairs if own == theirs)


_compiled: Final[dict[int, Compiled]] = {}
"""Compiled snapshots by the number of states: a hot reload adds some."""


def shortened(hashes: list[str]) -> list[str]:
    """The digest alone in the place of `hashes` that are those of the compiled states, as most are.

    What stands behind the filter reads them twice, and keeps the frame that they came in until the next one.
    """
    compiled = _compiled.get(len(RegistrationContext.get().base_states))
    if compiled is None or compiled.stores or hashes != [compiled.digest, *compiled.hashes.values()]:
        return hashes
    return hashes[:1]


async def compiled_states(root: type[BaseState]) -> Compiled:
    """The states below `root` as they were compiled, found once."""
    known = RegistrationContext.get().base_states
    if len(known) not in _compiled:
        _compiled[len(known)] = await _states_of(root, tuple(known.values()))
    return _compiled[len(known)]


async def _states_of(root: type[BaseState], kinds: Sequence[type[BaseState]]) -> Compiled:
    found = root(_reflex_internal_init=True).dict(initial=True)
    for name, values in found.items():
        found[name] = {
            key: await value if inspect.isawaitable(value) else value for key, value in values.items()
        }
    digest, *hashes = state_snapshot_hashes(found)
    texts = {
        name: {key: json_dumps(value) for key, value in values.items()} for name, values in found.items()
    }
    return Compiled(
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


_CONSTANTS: Final = {True: "true", False: "false"}


def text_of(value: Any) -> str:  # noqa: ANN401 (whatever a state holds)
    """A value in JSON, as the framework writes it: most are flags and texts, for which it looks through serializers."""
    return _CONSTANTS[value] if isinstance(value, bool) else json_dumps(value)


async def snapshot(
    root: rx.State, compiled: Compiled, hashes: Sequence[str] | None
) -> dict[str, dict[str, str]]:
    """The vars of all states in JSON, without what a browser holds."""
    for kind in compiled.changing:
        await root.get_state(kind)
    held = compiled.held(hashes)
    found = {each.get_full_name(): await _vars_of(each, compiled) for each in _made(root)}
    if compiled.changing:  # a value that was computed may have changed others
        for name, changes in (await root._get_resolved_delta()).items():
            found[name] |= {key: text_of(value) for key, value in changes.items()}
    for name in held & found.keys():
        same = compiled.vars[name]
        found[name] = {key: text for key, text in found[name].items() if text != same.get(key)}
    rest = {name: vars_ for name, vars_ in compiled.vars.items() if name not in found and name not in held}
    # A state without vars goes out empty, as the framework has it: by its name it takes events like any other.
    return {name: texts for name, texts in (found | rest).items() if texts or name not in held}


def delta(states: dict[str, dict[str, str]], compiled: Compiled) -> str:
    whole = [
        compiled.states[name] if texts is compiled.vars.get(name) else _object(name, texts)
        for name, texts in states.items()
    ]
    return f"{{{','.join(whole)}}}"


def _made(state: BaseState) -> Iterator[BaseState]:
    yield state
    for each in state.substates.values():
        yield from _made(each)


async def _vars_of(state: BaseState, compiled: Compiled) -> dict[str, str]:
    own, known = vars(state), compiled.vars[state.get_full_name()]
    found = {
        key: text_of(own[name]) if name in own else known[key]
        for name in state.base_vars
        for key in (name + FIELD_MARKER,)
    }
    if state.computed_vars:
        state._mark_dirty_computed_vars()
    for name, computed in state.computed_vars.items():
        if not computed._backend:
            value = state.get_value(name)
            found[name + FIELD_MARKER] = text_of(await value if inspect.isawaitable(value) else value)
    return found
