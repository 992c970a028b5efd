"""The live panels of log, network table and waterfall, wired to their scripts and states."""

from typing import Any, Final

import reflex as rx
from reflex.vars import FunctionVar

from portfolio_app.http.kit.kinds import Row
from portfolio_app.http.kit.problem import apart
from portfolio_app.http.kit.scripts import (
    channel_names,
    handler_name,
    hook_view,
    later,
    named,
    rove,
    script_function,
    script_names,
)
from portfolio_app.http.log.controls import LogControls
from portfolio_app.http.log.network import NetworkTable, network_panel, network_row
from portfolio_app.http.log.panel import LogActions, LogReadings, log_panel, log_row, log_tail, terminal_panel
from portfolio_app.http.log.state import COMMAND_FIELD, LogState, StreamState, TraceState
from portfolio_app.http.log.trace import OpenTrace, trace_dialog
from portfolio_app.http.log.views import LogFeed

_LOG: Final = "$/public/js/log.js"
_NETWORK: Final = "$/public/js/network.js"
_TRACE: Final = "$/public/js/trace.js"


def network_sources() -> str:
    """The window and the channel of network rows, for a script that follows them."""
    return channel_names((LogState, "requests"), (LogFeed, "requests"))


def log_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the live log: a field of `Log` in `log.js`, or one of those that `useLog` makes."""
    arguments = f'{channel_names((LogState, "window"), (LogFeed, "arrivals"))}, "{field}"'
    return hook_view(_LOG, "useLog", f"log_{field}", arguments, var_type)


def network_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the network table: a field of `Network` in `network.js`, or one that `useNetwork` makes."""
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
    """The browser's function that a control of the live log calls."""
    return script_function(name, _LOG)


def sort_network(column: str) -> FunctionVar[Any]:
    """Sort by a column; once more turns the order round."""
    return later(script_function("network.sortBy", _NETWORK), column)


def open_trace(request_id: Any) -> FunctionVar[Any]:  # noqa: ANN401 (a Var of text)
    """Show the waterfall of a request."""
    return later(script_function("wish.open", _TRACE), request_id)


def close_trace() -> FunctionVar[Any]:
    """Put the waterfall away."""
    return later(script_function("wish.close", _TRACE))


_ROWS: Final = list[dict[str, Any]]
RowVar = rx.vars.ObjectVar[dict[str, Any]]


def _log_actions() -> LogActions:
    return LogActions(
        on_copy=lambda seq: later(log_action("copyLogRow"), seq),
        on_trace=open_trace,
        on_earlier=later(log_action("showEarlierLog")),
        on_keys=rove(),
    )


# Memos: in a storm only rows that are new are drawn, however many are there.
@rx.memo
def live_log_row(
    row: RowVar, reachable: rx.Var[bool], copied: rx.Var[bool], rest: rx.RestProp
) -> rx.Component:
    """A row of the live log."""
    return log_row(row, rest, actions=_log_actions(), reachable=reachable, copied=copied)


@rx.memo
def live_network_row(row: RowVar, reachable: rx.Var[bool], rest: rx.RestProp) -> rx.Component:
    """A row of the network table."""
    return network_row(row, rest, on_trace=open_trace, reachable=reachable)


@rx.memo
def live_log_tail() -> rx.Component:
    """The newest rows of the live log, for beside what makes them."""
    return log_tail(log_view("tail", _ROWS))


def live_log(anchor: str = "") -> rx.Component:
    """The live log of this visitor's session, wired."""
    readings = LogReadings(
        rows=log_view("rows", _ROWS),
        count=log_view("count", int),
        shown=log_view("shown", int),
        earlier=log_view("earlier", int),
        newest=log_view("newest", int),
        copied=log_view("copied", int),
        words=log_view("words", str),
    )

    def each(row: Row) -> rx.Component:
        seq = row["seq"]
        return live_log_row(row=row, reachable=seq == readings.newest, copied=seq == readings.copied, key=seq)

    drawn = rx.foreach(readings.rows, each)
    return apart(log_panel(readings, _log_controls(), _log_actions(), each=drawn, anchor=anchor))


def _log_controls() -> LogControls:
    return LogControls(
        paused=log_view("paused", bool),
        waiting=log_view("waiting", int),
        filtered=log_view("filtered", bool),
        query=log_view("query", str),
        level=log_view("level", str),
        targets=log_view("targets", _ROWS),
        on_pause=later(log_action("pauseLog")),
        on_query=log_action("filterLogText"),
        on_level=log_action("filterLogLevel"),
        on_target=lambda name: later(log_action("toggleLogTarget"), name),
        on_clear=later(log_action("clearLogFilters")),
        on_export=later(log_action("exportLog")),
    )


def live_network(anchor: str = "") -> rx.Component:
    """The requests and events of this visitor's session."""
    rows = network_view("rows", _ROWS)
    first = network_view("first", int)
    table = network_panel(
        NetworkTable(
            rows=rows,
            count=network_view("count", int),
            column=network_view("column", str),
            direction=network_view("direction", str),
            on_sort=sort_network,
            on_keys=rove(),
        ),
        each=rx.foreach(
            rows, lambda row: live_network_row(row=row, reachable=row["seq"] == first, key=row["seq"])
        ),
        anchor=anchor,
    )
    return apart(table)


def live_trace() -> rx.Component:
    """The waterfall of whichever request was asked for; once on every page with a live panel."""
    wanted = wanted_trace()
    dialog = trace_dialog(
        OpenTrace(
            status=trace_status(),
            wanted=wanted,
            trace=TraceState.trace,
            problem=TraceState.problem,
            on_close=close_trace(),
            on_retry=open_trace(wanted),
        )
    )
    return apart(dialog)


def live_terminal() -> rx.Component:
    """The command for this visitor's session, made when it is asked for."""
    return terminal_panel(field_id=COMMAND_FIELD, on_reveal=StreamState.reveal, error=StreamState.problem)
