"""The feed scripts (`assets/js/`) as Reflex Vars: pages and components use them like any other."""

from typing import Any, Final

import reflex as rx
from reflex.vars import FunctionStringVar, FunctionVar, VarData
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.function import ArgsFunctionOperation

from portfolio_app.http.account.identity import IdentityState
from portfolio_app.http.chat.feed import LogFeed, RoomFeed
from portfolio_app.http.chat.state import ChatState
from portfolio_app.http.log.state import LogState
from portfolio_app.http.log.trace_state import TraceState

_ROOM: Final = "$/public/js/room.js"
_LOG: Final = "$/public/js/log.js"
_NETWORK: Final = "$/public/js/network.js"
_TRACE: Final = "$/public/js/trace.js"
_ROVE: Final = "$/public/js/rove.js"
_CONNECTION: Final = "$/public/js/connection.js"

Row = dict[str, Any]


def _names(**names: str) -> str:
    return str(rx.Var.create(names))


def hook_view(script: str, hook: str, variable: str, argument: str, var_type: Any) -> rx.Var[Any]:  # noqa: ANN401
    """What `hook` of `script` returns, called with `argument`, which is JavaScript."""
    # The hook runs once in whichever component uses the Var, as Reflex does with its own state hooks.
    data = VarData(imports={script: ImportVar(tag=hook)}, hooks=[f"const {variable} = {hook}({argument})"])
    return rx.Var(variable, _var_type=var_type, _var_data=data).guess_type()


def _room_names() -> str:
    return _names(
        chat=ChatState.get_full_name(),
        feed=RoomFeed.get_full_name(),
        identity=IdentityState.get_full_name(),
        send=f"{ChatState.get_full_name()}.send",
        repair=f"{ChatState.get_full_name()}.repair",
        painted=f"{ChatState.get_full_name()}.painted",
    )


def room_rows() -> rx.Var[list[Row]]:
    """Every row of the room this tab shows: confirmed ones by revision, then those still on their way."""
    return hook_view(_ROOM, "useRoomRows", "roomRows", _room_names(), list[Row])


def room_error() -> rx.Var[str]:
    """Why the last post was refused, or an empty text."""
    return hook_view(_ROOM, "useRoomError", "roomError", _room_names(), str)


def _function(name: str, script: str = _ROOM) -> FunctionVar[Any]:
    return FunctionStringVar.create(name, _var_data=VarData(imports={script: ImportVar(tag=name)}))


def _sources(*channels: tuple[type[rx.State], str]) -> str:
    return str(rx.Var.create([[state.get_full_name(), field + FIELD_MARKER] for state, field in channels]))


def _later(expression: rx.Var[Any]) -> FunctionVar[Any]:
    callback: FunctionVar[Any] = ArgsFunctionOperation.create((), expression)
    return callback


def submit_message() -> FunctionVar[Any]:
    """The form's submit handler: puts its `body` into the outbox and sends it."""
    return _function("submitMessage")


def retry_message(cid: rx.Var[str]) -> FunctionVar[Any]:
    """Send a failed row again under its own id, so that it can't be stored twice."""
    return _later(_function("retryMessage").call(cid))


def discard_message(cid: rx.Var[str]) -> FunctionVar[Any]:
    """Forget a failed row."""
    return _later(_function("discardMessage").call(cid))


def log_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the live log: see `READ` in `log/log.js`."""
    arguments = f'{_sources((LogState, "window"), (LogFeed, "arrivals"))}, "{field}"'
    return hook_view(_LOG, "useLog", f"log_{field}", arguments, var_type)


def network_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the network table: see `READ` in `log/network.js`."""
    arguments = f'{_sources((LogState, "requests"), (LogFeed, "requests"))}, "{field}"'
    return hook_view(_NETWORK, "useNetwork", f"network_{field}", arguments, var_type)


def trace_view(field: str) -> rx.Var[str]:
    """`status` (closed, loading, shown, missing or failed) or `wanted`, the request id asked for."""
    state = TraceState.get_full_name()
    names = _names(state=state, open=f"{state}.open", close=f"{state}.close")
    return hook_view(_TRACE, "useTrace", f"trace_{field}", f'{names}, "{field}"', str)


def log_action(name: str) -> FunctionVar[Any]:
    """What a control of the live log calls."""
    return _function(name, _LOG)


def sort_network(column: str) -> FunctionVar[Any]:
    """Sort by a column; once more turns the order round."""
    return _later(_function("sortNetwork", _NETWORK).call(column))


def open_trace(request_id: Any) -> FunctionVar[Any]:  # noqa: ANN401 (a Var of text)
    """Show the waterfall of a request."""
    return _later(_function("openTrace", _TRACE).call(request_id))


def close_trace() -> FunctionVar[Any]:
    """Put the waterfall away."""
    return _later(_function("closeTrace", _TRACE).call())


def rove() -> FunctionVar[Any]:
    """The key handler of a list whose rows hold buttons: arrow keys walk along them."""
    return _function("rove", _ROVE)


def later(function: FunctionVar[Any], *arguments: Any) -> FunctionVar[Any]:  # noqa: ANN401 (Vars or literals)
    """`function` with its arguments, called when something happens."""
    return _later(function.call(*arguments))


def connection() -> rx.Var[str]:
    """`live`, `reconnecting` or `offline`."""
    root_state = str(rx.Var.create(rx.State.get_full_name()))
    return hook_view(_CONNECTION, "useConnection", "connection", root_state, str)
