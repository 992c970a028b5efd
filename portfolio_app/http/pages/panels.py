"""The live panels, wired; used by more than one page."""

from typing import Any

import reflex as rx

from portfolio_app.http import scripts
from portfolio_app.http.components.chat import chat_panel
from portfolio_app.http.components.kinds import Row
from portfolio_app.http.components.log_controls import LogControls
from portfolio_app.http.components.log_panel import LogActions, LogReadings, log_panel, log_row
from portfolio_app.http.components.network_panel import NetworkTable, network_panel, network_row
from portfolio_app.http.components.trace_dialog import OpenTrace, trace_dialog
from portfolio_app.http.states.chat import ChatState
from portfolio_app.http.states.identity import IdentityState
from portfolio_app.http.states.trace import TraceState

RowVar = rx.vars.ObjectVar[dict[str, Any]]


def live_chat() -> rx.Component:
    """The room this tab is in."""
    is_guest = IdentityState.username == ""
    return chat_panel(
        room=ChatState.title,
        rows=scripts.room_rows(),
        ready=ChatState.window.is_not_none(),
        missing=ChatState.missing,
        held_before=ChatState.held_before,
        on_send=scripts.submit_message(),
        on_retry=scripts.retry_message,
        on_discard=scripts.discard_message,
        error=rx.cond(ChatState.problem != "", ChatState.problem, scripts.room_error()),
        posting_as=rx.cond(is_guest, f"demo · {IdentityState.tag}", IdentityState.username),
        is_guest=is_guest,
    )


def _log_actions() -> LogActions:
    return LogActions(
        on_copy=lambda seq: scripts.later(scripts.log_action("copyLogRow"), seq),
        on_trace=scripts.open_trace,
        on_earlier=scripts.later(scripts.log_action("showEarlierLog")),
        on_keys=scripts.rove(),
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


def live_log() -> rx.Component:
    """What this visitor's session makes the backend do."""
    readings = LogReadings(
        rows=scripts.log_view("rows", list[scripts.Row]),
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

    return log_panel(readings, _log_controls(), _log_actions(), each=rx.foreach(readings.rows, each))


def _log_controls() -> LogControls:
    return LogControls(
        paused=scripts.log_view("paused", bool),
        waiting=scripts.log_view("waiting", int),
        filtered=scripts.log_view("filtered", bool),
        query=scripts.log_view("query", str),
        level=scripts.log_view("level", str),
        targets=scripts.log_view("targets", list[scripts.Row]),
        on_pause=scripts.later(scripts.log_action("pauseLog")),
        on_query=scripts.log_action("filterLogText"),
        on_level=scripts.log_action("filterLogLevel"),
        on_target=lambda name: scripts.later(scripts.log_action("toggleLogTarget"), name),
        on_clear=scripts.later(scripts.log_action("clearLogFilters")),
        on_export=scripts.later(scripts.log_action("exportLog")),
    )


def live_network() -> rx.Component:
    """The requests and events of this visitor's session."""
    rows = scripts.network_view("rows", list[scripts.Row])
    first = scripts.network_view("first", int)
    return network_panel(
        NetworkTable(
            rows=rows,
            count=scripts.network_view("count", int),
            column=scripts.network_view("column", str),
            direction=scripts.network_view("direction", str),
            on_sort=scripts.sort_network,
            on_keys=scripts.rove(),
        ),
        each=rx.foreach(
            rows, lambda row: live_network_row(row=row, reachable=row["seq"] == first, key=row["seq"])
        ),
    )


def live_trace() -> rx.Component:
    """The waterfall of whichever request was asked for; once on every page with a live panel."""
    wanted = scripts.trace_view("wanted")
    return trace_dialog(
        OpenTrace(
            status=scripts.trace_view("status"),
            wanted=wanted,
            trace=TraceState.trace,
            problem=TraceState.problem,
            on_close=scripts.close_trace(),
            on_retry=scripts.open_trace(wanted),
        )
    )
