"""The load burst, wired: settings and readings are those of its script, `burst.js`."""

from typing import Any, Final

import reflex as rx
from reflex.vars import FunctionVar

from portfolio_app.http.burst.controls import BurstControls, burst_controls
from portfolio_app.http.burst.live import BurstReadings, burst_live, run_facts, run_status
from portfolio_app.http.burst.receipt import receipt_body, shown_of
from portfolio_app.http.burst.runs import recent_runs
from portfolio_app.http.burst.state import RunsState
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.layout import column, lowered, panel, section_heading
from portfolio_app.http.kit.page import Section
from portfolio_app.http.kit.scripts import handler_name, hook_view, later, number, script_function
from portfolio_app.http.log import LogState, live_log_tail, network_sources
from portfolio_app.words import parts, t

_BURST: Final = "$/public/js/burst.js"


def _names() -> str:
    # Two names a script needs: where network rows come from, and the handler that reads the list of runs.
    refresh = rx.Var.create(handler_name(RunsState.load))
    return f"{{sources: {network_sources()}, refresh: {refresh!s}}}"


def _view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the burst: a field of `Burst` in `burst/burst.js`, or one of those that `useBurst` makes."""
    return hook_view(_BURST, "useBurst", f"burst_{field}", f'{_names()}, "{field}"', var_type)


def _setting(name: str) -> FunctionVar[Any]:
    """The handler of a control, called with the value of a setting."""
    chosen: FunctionVar[Any] = script_function("burst.choose", _BURST).partial(name)
    return chosen


def _action(name: str) -> FunctionVar[Any]:
    """The handler of a button, called without the event."""
    return later(script_function(f"burst.{name}", _BURST))


_PLACE: Final = "burst-run"
"""The id of the part that the front page's button leads to: status, progress and tail, on a phone below Cancel."""


def _controls() -> BurstControls:
    return BurstControls(
        size=_view("size", int),
        workers=_view("workers", int),
        mode=_view("mode", str),
        busy=_view("busy", bool),
        elsewhere=_view("elsewhere", bool),
        cancellable=_view("cancellable", bool),
        stallable=_view("stallable", bool),
        loop=_view("loop", str),
        rate=_view("rate", int),
        on_size=_setting("size"),
        on_workers=_setting("workers"),
        on_mode=_setting("mode"),
        on_run=_action("start"),
        on_cancel=_action("cancel"),
        on_loop=_setting("loop"),
        on_rate=_setting("rate"),
        on_stall=_action("stall"),
    )


def _readings() -> BurstReadings:
    run, is_mine = _view("shown", dict[str, Any]), _view("isMine", bool)
    return BurstReadings(
        phase=run["phase"].to(str),
        status=run_status(run, is_mine=is_mine),
        problem=run["problem"].to(str),
        unsaved=run["unsaved"].to(bool) & is_mine,
        total=run["size"].to(int),
        ended=run["ended"].to(int),
        facts=run_facts(run),
        chart=_view("chart", dict),
        words=_view("words", str),
        on_save=_action("save"),
        tail=live_log_tail(),
        place=_PLACE,
    )


# Memos: a reading that changes four times a second draws its own part of the page again, not the whole.
@rx.memo
def live_burst_controls() -> rx.Component:
    """The settings of a burst, as their visitor sets them."""
    return burst_controls(_controls())


@rx.memo
def live_burst_readings() -> rx.Component:
    """The readings of a burst, as their visitor watches them."""
    return burst_live(_readings())


@rx.memo
def live_burst_receipt() -> rx.Component:
    """The receipt of a burst; before there is one, the place of all it will say."""
    record = _view("record", dict)
    href = shown_of(record)["href"].to(str)
    link = rx.el.a(t("Open this run's page"), href=href, class_name="receipt-page")
    return lowered(receipt_body(record, link=link, folded=True))


def live_runs() -> rx.Component:
    """The newest runs of all visitors."""
    return recent_runs(
        rows=RunsState.runs,
        loaded=RunsState.loaded,
        problem=RunsState.problem,
        on_retry=RunsState.load,
    )


def live_burst() -> rx.Component:
    """Controls, readings, receipt, and the list of runs."""
    return column(
        panel(
            t("Load burst"),
            rx.el.div(live_burst_controls(), live_burst_readings(), class_name="burst"),
            live_burst_receipt(),
            data_panel="burst",
        ),
        live_runs(),
    )


def _build() -> rx.Component:
    return rx.el.section(
        section_heading(
            t("Fire a burst, get a receipt"),
            t(
                "Use the slider to send a large burst of requests from this browser, and watch live request logs and "
                "push updates in real time."
            ),
        ),
        lowered(live_burst()),
        id="burst",
        class_name="burst-section",
    )


@rx.memo
def fire_button() -> rx.Component:
    """The front page's button: it fires, and leads to where that is seen; without scripts it leads there only."""
    quick = _view("quick", int)
    return link_button(
        rx.el.span(*parts("Fire a burst: {n} requests", n=rx.el.span(number(quick), class_name="fire-size"))),
        f"#{_PLACE}",
        native=True,
        on_click=_action("fire"),
        test_id="burst-fire",
    )


SECTION = Section(
    "burst",
    _build,
    (LogState.follow, RunsState.load),
    invitation=t("Fire a burst"),
    button=fire_button,
)
