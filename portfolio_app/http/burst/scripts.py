"""The burst's script (`burst/burst.js`) as Reflex Vars."""

from typing import Any, Final

import reflex as rx
from reflex.vars import FunctionVar

from portfolio_app.http.burst.state import RunsState
from portfolio_app.http.kit.scripts import handler_name, hook_view, later, script_function
from portfolio_app.http.log import network_sources

_BURST: Final = "$/public/js/burst.js"


def _names() -> str:
    # Two names a script needs: where network rows come from, and the handler that reads the list of runs.
    refresh = rx.Var.create(handler_name(RunsState.load))
    return f"{{sources: {network_sources()}, refresh: {refresh!s}}}"


def burst_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the burst: see `READ` in `burst/burst.js`."""
    return hook_view(_BURST, "useBurst", f"burst_{field}", f'{_names()}, "{field}"', var_type)


def burst_setting(name: str) -> FunctionVar[Any]:
    """What a control calls with its value."""
    return script_function(name, _BURST)


def burst_action(name: str) -> FunctionVar[Any]:
    """What a button calls, without the event."""
    return later(script_function(name, _BURST))
