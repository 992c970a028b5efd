"""The browser scripts of log, network table and waterfall (`log.js`, `network.js`, `trace.js`) as Reflex Vars."""

from typing import Any, Final

import reflex as rx
from reflex.vars import FunctionVar

from portfolio_app.http.kit.scripts import (
    channel_names,
    handler_name,
    hook_view,
    later,
    script_function,
    script_names,
)
from portfolio_app.http.log.feed import LogFeed
from portfolio_app.http.log.state import LogState
from portfolio_app.http.log.trace_state import TraceState

_LOG: Final = "$/public/js/log.js"
_NETWORK: Final = "$/public/js/network.js"
_TRACE: Final = "$/public/js/trace.js"


def network_sources() -> str:
    """The window and the channel of network rows, for a script that follows them."""
    return channel_names((LogState, "requests"), (LogFeed, "requests"))


def log_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the live log: see `READ` in `log.js`."""
    arguments = f'{channel_names((LogState, "window"), (LogFeed, "arrivals"))}, "{field}"'
    return hook_view(_LOG, "useLog", f"log_{field}", arguments, var_type)


def network_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the network table: see `READ` in `network.js`."""
    return hook_view(_NETWORK, "useNetwork", f"network_{field}", f'{network_sources()}, "{field}"', var_type)


def trace_view(field: str) -> rx.Var[str]:
    """`status` (closed, loading, shown, missing or failed) or `wanted`, the request id asked for."""
    handlers = {"open": handler_name(TraceState.open), "close": handler_name(TraceState.close)}
    names = script_names(state=TraceState.get_full_name(), **handlers)
    return hook_view(_TRACE, "useTrace", f"trace_{field}", f'{names}, "{field}"', str)


def log_action(name: str) -> FunctionVar[Any]:
    """What a control of the live log calls."""
    return script_function(name, _LOG)


def sort_network(column: str) -> FunctionVar[Any]:
    """Sort by a column; once more turns the order round."""
    return later(script_function("sortNetwork", _NETWORK), column)


def open_trace(request_id: Any) -> FunctionVar[Any]:  # noqa: ANN401 (a Var of text)
    """Show the waterfall of a request."""
    return later(script_function("openTrace", _TRACE), request_id)


def close_trace() -> FunctionVar[Any]:
    """Put the waterfall away."""
    return later(script_function("closeTrace", _TRACE))
