"""The Reflex events that a browser may send, and the arguments that each takes."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx
from reflex.state import (
    FrontendEventExceptionState,
    OnLoadInternalState,
    UpdateVarsInternalState,
)
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.registry import RegistrationContext

from portfolio_app.http.transport.frames.snapshots import shortened

REPORT_LENGTH: Final = 500
HASHES_KEPT: Final = 1024
PACED: Final = "__paced__"
"""The mark of a handler whose events take turns, those of all visitors together."""
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventRule:
    """The arguments of one event; `narrow` returns the payload to pass on, or None to refuse it."""

    arguments: frozenset[str]
    required: frozenset[str]
    narrow: Callable[[Payload], Payload | None] | None = None
    paced: bool = False

    def fit(self, payload: Payload) -> Payload | None:
        """The payload as the handler may see it, or None."""
        if not self.required <= payload.keys() <= self.arguments:
            return None
        return self.narrow(payload) if self.narrow else payload


def allowed_events() -> Mapping[str, EventRule]:
    """Every handler of this site, and the few of Reflex that its own client calls; by full name."""
    registered = RegistrationContext.get().event_handlers
    rules = {
        name: _rule(entry.handler.fn)
        for name, entry in registered.items()
        if any(_is_ours(state) for state in entry.states) and _is_meant_for_browsers(name)
    }
    return rules | _of_reflex()


def _is_ours(state: type[Any]) -> bool:
    return not state.__module__.startswith(("reflex.", "reflex_"))


def _is_meant_for_browsers(name: str) -> bool:
    handler = name.rpartition(".")[2]
    return handler != "setvar" and not handler.startswith(("set_", "_"))


def _rule(fn: Any, narrow: Callable[[Payload], Payload | None] | None = None) -> EventRule:  # noqa: ANN401
    parameters = list(inspect.signature(fn).parameters.values())[1:]
    return EventRule(
        frozenset(parameter.name for parameter in parameters),
        frozenset(parameter.name for parameter in parameters if parameter.default is parameter.empty),
        narrow,
        getattr(fn, PACED, False),
    )


def _of_reflex() -> dict[str, EventRule]:
    wanted: list[tuple[type[rx.State], str, Callable[[Payload], Payload | None] | None]] = [
        (rx.State, "hydrate_and_load", _narrow_hydration),
        (OnLoadInternalState, "on_load_internal", None),
        (UpdateVarsInternalState, "update_vars_internal", _narrow_hydration),
        (FrontendEventExceptionState, "handle_frontend_exception", _shorten_report),
    ]
    return {
        f"{state.get_full_name()}.{name}": _rule(state.event_handlers[name].fn, narrow)
        for state, name, narrow in wanted
    }


def _narrow_hydration(payload: Payload) -> Payload | None:
    """Keep browser storage values of vars that are kept there, and hashes that are text."""
    values, hashes = payload.get("vars", {}), payload.get("hashes", [])
    if not isinstance(values, dict) or not isinstance(hashes, list) or len(hashes) > HASHES_KEPT:
        return None
    if not set(map(type, hashes)) <= {str}:  # there is one for each state, of each tab that joins
        return None
    stored = {name: value for name, value in values.items() if _is_in_browser_storage(name)}
    given: Payload = {"vars": stored, "hashes": shortened(hashes)}
    return {name: value for name, value in given.items() if name in payload}


def _is_in_browser_storage(name: str) -> bool:
    state_name, _, var = name.rpartition(".")
    state = RegistrationContext.get().base_states.get(state_name)
    return state is not None and state._is_client_storage(var.removesuffix(FIELD_MARKER))


def _shorten_report(payload: Payload) -> Payload:
    return {name: _printable(value)[:REPORT_LENGTH] for name, value in payload.items()}


def _printable(value: object) -> str:
    text = value[: REPORT_LENGTH * 4] if isinstance(value, str) else ""
    return "".join(ch if ch.isprintable() else " " for ch in text)
