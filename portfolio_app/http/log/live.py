"""The live panels of log, network table and waterfall, wired to their scripts and states."""

from typing import Any

import reflex as rx

from portfolio_app.http.kit.kinds import Row
from portfolio_app.http.kit.problem import apart
from portfolio_app.http.kit.scripts import Row as ScriptRow
from portfolio_app.http.kit.scripts import later, rove
from portfolio_app.http.log import scripts
from portfolio_app.http.log.controls import LogControls
from portfolio_app.http.log.network import NetworkTable, network_panel, network_row
from portfolio_app.http.log.panel import LogActions, LogReadings, log_panel, log_row, log_tail, terminal_panel
from portfolio_app.http.log.state import COMMAND_FIELD, StreamState, TraceState
from portfolio_app.http.log.trace import OpenTrace, trace_dialog

RowVar = rx.vars.ObjectVar[dict[str, Any]]


def _log_actions() -> LogActions:
    return LogActions(
        on_copy=lambda seq: later(scripts.log_action("copyLogRow"), seq),
        on_trace=scripts.open_trace,
        on_earlier=later(scripts.log_action("showEarlierLog")),
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
    return network_row(row, rest, on_trace=scripts.open_trace, reachable=reachable)


@rx.memo
def live_log_tail() -> rx.Component:
    """The newest rows of the live log, for beside what makes them."""
    return log_tail(scripts.log_view("tail", list[ScriptRow]))


def live_log(anchor: str = "") -> rx.Component:
    """What this visitor's session makes the backend do."""
    readings = LogReadings(
        rows=scripts.log_view("rows", list[ScriptRow]),
        count=scripts.log_view("count", int),
        shown=scripts.log_view("shown", int),
        earlier=scripts.log_view("earlier", int),
        newest=scripts.log_view("newest", int),
        copied=scripts.log_view("copied", int),
        words=scripts.log_view("words", str),
    )

    def each(row: Row) -> rx.Component:
        seq = row["seq"]
        return live_log_row(row=row, reachable=seq == readings.newest, copied=seq == readings.copied, key=seq)

    drawn = rx.foreach(readings.rows, each)
    return apart(log_panel(readings, _log_controls(), _log_actions(), each=drawn, anchor=anchor))


def _log_controls() -> LogControls:
    return LogControls(
        paused=scripts.log_view("paused", bool),
        waiting=scripts.log_view("waiting", int),
        filtered=scripts.log_view("filtered", bool),
        query=scripts.log_view("query", str),
        level=scripts.log_view("level", str),
        targets=scripts.log_view("targets", list[ScriptRow]),
        on_pause=later(scripts.log_action("pauseLog")),
        on_query=scripts.log_action("filterLogText"),
        on_level=scripts.log_action("filterLogLevel"),
        on_target=lambda name: later(scripts.log_action("toggleLogTarget"), name),
        on_clear=later(scripts.log_action("clearLogFilters")),
        on_export=later(scripts.log_action("exportLog")),
    )


def live_network(anchor: str = "") -> rx.Component:
    """The requests and events of this visitor's session."""
    rows = scripts.network_view("rows", list[ScriptRow])
    first = scripts.network_view("first", int)
    table = network_panel(
        NetworkTable(
            rows=rows,
            count=scripts.network_view("count", int),
            column=scripts.network_view("column", str),
            direction=scripts.network_view("direction", str),
            on_sort=scripts.sort_network,
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
    wanted = scripts.wanted_trace()
    dialog = trace_dialog(
        OpenTrace(
            status=scripts.trace_status(),
            wanted=wanted,
            trace=TraceState.trace,
            problem=TraceState.problem,
            on_close=scripts.close_trace(),
            on_retry=scripts.open_trace(wanted),
        )
    )
    return apart(dialog)


def live_terminal() -> rx.Component:
    """The command for this visitor's session, made when it is asked for."""
    return terminal_panel(field_id=COMMAND_FIELD, on_reveal=StreamState.reveal, error=StreamState.problem)
