"""The browser scripts of log, network table and waterfall (`log.js`, `network.js`, `trace.js`) as Reflex Vars."""

from typing import Any, Final

import reflex as rx
from reflex.vars import FunctionVar

from portfolio_app.http.kit.scripts import (
    channel_names,
    handler_name,
    hook_view,
    later,
    named,
    script_function,
    script_names,
)
from portfolio_app.http.log.state import LogState, TraceState
from portfolio_app.http.log.views import LogFeed

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


def _trace_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    names = script_names(open=handler_name(TraceState.open), close=handler_name(TraceState.close))
    return hook_view(_TRACE, "useTrace", f"trace_{field}", f'{names}, "{field}"', var_type)


def wanted_trace() -> rx.Var[str]:
    """The request whose waterfall this tab asked for, or an empty text."""
    wanted: rx.Var[str] = _trace_view("wanted", str)
    return wanted


def trace_status() -> rx.Var[str]:
    """How far the answer is: `closed`, `loading`, `shown`, `missing` or `failed`."""
    wanted = wanted_trace()
    answer = rx.cond(TraceState.problem, "failed", rx.cond(TraceState.trace, "shown", "missing"))
    # An older answer about the same request is shown until the new one is here.
    silence = rx.cond(_trace_view("late", bool), "failed", "loading")
    opened = rx.cond(TraceState.answered == wanted, answer, silence)
    return named("trace_status", rx.cond(wanted == "", "closed", opened))


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
