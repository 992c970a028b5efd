"""The load burst, wired."""

from typing import Any, Final

import reflex as rx

from portfolio_app.http.burst import scripts
from portfolio_app.http.burst.controls import BurstControls, burst_controls
from portfolio_app.http.burst.live import BurstReadings, burst_live
from portfolio_app.http.burst.receipt import receipt_body, shown_of
from portfolio_app.http.burst.runs import recent_runs
from portfolio_app.http.burst.state import RunsState
from portfolio_app.http.burst.status import run_facts, run_status
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.layout import column, panel, section_heading
from portfolio_app.http.kit.page import Section
from portfolio_app.http.kit.scripts import number
from portfolio_app.http.log import LogState, live_log_tail

_PLACE: Final = "burst-run"
"""Where the front page's button leads: status, progress and tail, on a phone below Cancel."""


def _controls() -> BurstControls:
    return BurstControls(
        size=scripts.burst_view("size", int),
        workers=scripts.burst_view("workers", int),
        mode=scripts.burst_view("mode", str),
        busy=scripts.burst_view("busy", bool),
        elsewhere=scripts.burst_view("elsewhere", bool),
        cancellable=scripts.burst_view("cancellable", bool),
        stallable=scripts.burst_view("stallable", bool),
        loop=scripts.burst_view("loop", str),
        rate=scripts.burst_view("rate", int),
        on_size=scripts.burst_setting("setBurstSize"),
        on_workers=scripts.burst_setting("setBurstWorkers"),
        on_mode=scripts.burst_setting("setBurstMode"),
        on_run=scripts.burst_action("startBurst"),
        on_cancel=scripts.burst_action("cancelBurst"),
        on_loop=scripts.burst_setting("setBurstLoop"),
        on_rate=scripts.burst_setting("setBurstRate"),
        on_stall=scripts.burst_action("stallBurst"),
    )


def _readings() -> BurstReadings:
    run, is_mine = scripts.burst_view("shown", dict[str, Any]), scripts.burst_view("isMine", bool)
    return BurstReadings(
        phase=run["phase"].to(str),
        status=run_status(run, is_mine=is_mine),
        problem=run["problem"].to(str),
        unsaved=run["unsaved"].to(bool) & is_mine,
        total=run["size"].to(int),
        ended=run["ended"].to(int),
        facts=run_facts(run),
        chart=scripts.burst_view("chart", dict),
        words=scripts.burst_view("words", str),
        on_save=scripts.burst_action("saveBurst"),
        tail=live_log_tail(),
        place=_PLACE,
    )


# Memos: a reading that changes five times a second draws its own part of the page again, not the whole.
@rx.memo
def live_burst_controls() -> rx.Component:
    """What a visitor sets."""
    return burst_controls(_controls())


@rx.memo
def live_burst_readings() -> rx.Component:
    """What a visitor watches."""
    return burst_live(_readings())


@rx.memo
def live_burst_receipt() -> rx.Component:
    """What a visitor gets; before that, what it will be."""
    record = scripts.burst_view("record", dict)
    href = shown_of(record)["href"].to(str)
    link = rx.el.a("Open this run's page", href=href, class_name="receipt-page")
    return receipt_body(record, link=link, folded=True)


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
            "Load burst",
            rx.el.div(live_burst_controls(), live_burst_readings(), class_name="burst"),
            live_burst_receipt(),
            data_panel="burst",
        ),
        live_runs(),
    )


def _build() -> rx.Component:
    return rx.el.section(
        section_heading(
            "Fire a burst, get a receipt",
            "Use the slider to send a large burst of requests from this browser, and watch live request logs and "
            "push updates in real time.",
        ),
        live_burst(),
        id="burst",
        class_name="burst-section",
    )


@rx.memo
def fire_button() -> rx.Component:
    """The front page's button: it fires, and leads to where that is seen; without scripts it leads there only."""
    quick = scripts.burst_view("quick", int)
    return link_button(
        rx.el.span("Fire a burst: ", rx.el.span(number(quick), class_name="fire-size"), " requests"),
        f"#{_PLACE}",
        kind="primary",
        native=True,
        on_click=scripts.burst_action("fireBurst"),
        test_id="burst-fire",
    )


SECTION = Section(
    "burst",
    _build,
    (LogState.follow, RunsState.load),
    invitation="Fire a burst",
    button=fire_button,
)
