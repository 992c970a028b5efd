"""Specimens of what follows the backend: log, network, terminal, and a request in time."""

from dataclasses import asdict
from typing import Any, Final

import reflex as rx
from reflex.experimental.client_state import ClientStateVar

from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.specimen import (
    INSERT,
    NOON_MS,
    REQUEST,
    Component,
    Group,
    Specimen,
    given,
    listed,
    nothing,
    post_trace,
    specimen,
    var,
)
from portfolio_app.http.log.compare import beside, pair_choice
from portfolio_app.http.log.controls import LogControls, log_controls, log_notice, log_words
from portfolio_app.http.log.network import NetworkTable, network_panel, network_row
from portfolio_app.http.log.panel import LogActions, LogReadings, log_panel, log_row, log_tail, terminal_panel
from portfolio_app.http.log.trace import OpenTrace, trace_dialog, waterfall
from portfolio_app.http.log.trace_views import trace_view
from portfolio_app.http.log.views import ChoiceView, LogRowView, NetworkRowView, PillView

_AT: Final = round(NOON_MS) + 4_000
_LOG = tuple(
    LogRowView(seq, _AT + seq * 7, ms, target, layer, message, REQUEST, pills, level)
    for seq, (ms, target, layer, message, pills, level) in enumerate(
        (
            ("6.90", "demo.request", "http", "chat.send", (PillView("handler", "send"),), "info"),
            ("0.02", "demo.chat", "domain", "MessageBody", (), "info"),
            ("5.80", "demo.chat", "app", "PostMessage", (PillView("verdict", "visible"),), "info"),
            ("2.10", "demo.db", "infra", INSERT, (PillView("rows", "1"), PillView("batch", "3")), "info"),
            ("0.31", "demo.chat", "app", "PostMessage", (PillView("error", "RateLimited"),), "error"),
        ),
        start=1,
    )
)
_TARGETS = (
    {"name": "demo.request", "layer": "http", "on": True},
    {"name": "demo.chat", "layer": "app", "on": True},
    {"name": "demo.db", "layer": "infra", "on": False},
)
_REQUESTS = (
    NetworkRowView(3, _AT + 7, "event", "WS", "chat.send", 429, 0.62, 310, REQUEST),
    NetworkRowView(2, _AT - 89, "http", "POST", "/api/burst/ask", 200, 1.42, 96, REQUEST),
    NetworkRowView(1, _AT - 2_750, "http", "GET", "/api/runs", 200, 2.08, 5_214, REQUEST),
)
EXEMPT: Final[dict[Component, str]] = {log_words: "it is read by a screen reader and seen by nobody"}


def _group() -> Group:
    """Rows, their controls, and the panels in each state."""
    return Group(
        "Live panels",
        "Four views of one stream of spans. A row wears the hue of the layer whose code ran.",
        (*_log_rows(), *_log_controls(), *_logs(), *_network(), *_terminals()),
        wide=frozenset({log_row, log_controls, network_panel}),
    )


def _actions() -> LogActions:
    return LogActions(on_copy=nothing, on_trace=nothing, on_earlier=nothing, on_keys=scripts.rove())


def _log_rows() -> tuple[Specimen, ...]:
    def row(state: str, view: LogRowView, *, copied: bool = False) -> Specimen:
        return specimen(state, log_row, given(view), actions=_actions(), reachable=True, copied=copied)

    return (*(row(f"{view.layer}, {view.level}", view) for view in _LOG), row("copied", _LOG[0], copied=True))


def _controls(
    *, paused: bool = False, waiting: int = 0, query: str = "", level: str = "", seen: bool = True
) -> LogControls:
    return LogControls(
        paused=var(paused),
        waiting=var(waiting),
        filtered=var(bool(query)),
        query=var(query),
        level=var(level),
        targets=listed(_TARGETS if seen else ()),
        on_pause=nothing,
        on_query=nothing,
        on_level=nothing,
        on_target=nothing,
        on_clear=nothing,
        on_export=nothing,
    )


def _log_controls() -> tuple[Specimen, ...]:
    return (
        specimen("nothing seen yet", log_controls, _controls(seen=False)),
        specimen("running", log_controls, _controls()),
        specimen("paused", log_controls, _controls(paused=True, waiting=12)),
        specimen("filtered", log_controls, _controls(query="INSERT", level="error")),
        specimen("one waits", log_notice, _controls(paused=True, waiting=1)),
        specimen("many wait", log_notice, _controls(paused=True, waiting=12)),
    )


def _logs() -> tuple[Specimen, ...]:
    def log(
        state: str, rows: tuple[LogRowView, ...], controls: LogControls, count: int, earlier: int = 0
    ) -> Specimen:
        readings = LogReadings(
            rows=listed(rows),
            count=var(count),
            shown=var(len(rows)),
            earlier=var(earlier),
            newest=var(1),
            copied=var(0),
            words=var(""),
        )
        each = rx.foreach(
            listed(rows),
            lambda row: log_row(row, actions=_actions(), reachable=row["seq"] == 1, copied=False),
        )
        return specimen(state, log_panel, readings, controls, _actions(), each=each)

    return (
        log("empty", (), _controls(seen=False), 0),
        log("full", _LOG, _controls(), 5),
        log("paused, older rows above", _LOG, _controls(paused=True, waiting=12), 217, earlier=200),
        specimen("its end, empty", log_tail, listed(())),
        specimen("its end", log_tail, listed(_LOG[-4:])),
        log("nothing matches", (), _controls(query="DELETE"), 5),
    )


def _table(rows: tuple[NetworkRowView, ...]) -> NetworkTable:
    return NetworkTable(
        rows=listed(rows),
        count=var(len(rows)),
        column=var("seq"),
        direction=var("descending"),
        on_sort=nothing,
        on_keys=scripts.rove(),
    )


def _network() -> tuple[Specimen, ...]:
    def row(found: Any) -> rx.Component:  # noqa: ANN401 (a Var)
        return network_row(found, on_trace=nothing, reachable=True)

    def lone(state: str, view: NetworkRowView) -> Specimen:
        def around(drawn: rx.Component) -> rx.Component:
            return network_panel(_table((view,)), each=drawn, label=f"Network: {state}")

        return specimen(state, network_row, given(view), on_trace=nothing, reachable=True).within(around)

    full = _table(_REQUESTS)
    return (
        lone("refused", _REQUESTS[0]),
        lone("answered", _REQUESTS[1]),
        specimen("empty", network_panel, _table(()), each="", label="Network: empty"),
        specimen("full", network_panel, full, each=rx.foreach(full.rows, row), label="Network: full"),
    )


def _terminals() -> tuple[Specimen, ...]:
    return (
        specimen("before", terminal_panel, field_id="stream-idle", on_reveal=nothing, error=""),
        specimen(
            "failed",
            terminal_panel,
            field_id="stream-failed",
            on_reveal=nothing,
            error="The service is busy. Try again in a moment.",
        ),
    )


def _traces() -> Group:
    """The waterfall, and the dialog it opens in."""
    return Group(
        "Waterfall",
        "Steps nested and to scale. Open a step: its code is the code of this checkout.",
        (
            specimen("a post, painted elsewhere", waterfall, given(trace_view(post_trace()))),
            specimen("a post, not painted yet", waterfall, given(trace_view(post_trace(painted=False)))),
            _dialog(),
            *_pairs(),
        ),
        wide=frozenset({waterfall, trace_dialog, beside}),
    )


def _pairs() -> tuple[Specimen, ...]:
    choices = listed((ChoiceView(REQUEST, _AT + 7, "WS chat.send, 6.90 ms"),))

    def choice(state: str, wrong: str = "") -> Specimen:
        return specimen(state, pair_choice, choices, chosen="", wrong=wrong, on_choose=nothing)

    return (
        choice("nothing chosen"),
        choice("not kept", "The other request is not kept."),
        specimen("the first of two", beside, "First", given(trace_view(post_trace())), "trace-first"),
    )


def _dialog() -> Specimen:
    status = ClientStateVar.create("guide_trace", default="closed")
    trace: dict[str, Any] = asdict(trace_view(post_trace()))
    opened = OpenTrace(
        status=status.value,
        wanted=var(REQUEST),
        trace=trace,
        problem="",
        on_close=status.set_value("closed"),
        on_retry=nothing,
    )
    states = ("loading", "shown", "missing", "failed")
    openers = [button(state, on_click=status.set_value(state)) for state in states]
    return specimen("opened by these", trace_dialog, opened).within(
        lambda dialog: rx.el.div(*openers, dialog, class_name="guide-openers")
    )


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_group(), _traces())
