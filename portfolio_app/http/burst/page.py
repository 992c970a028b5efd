"""The load burst, wired."""

import reflex as rx

from portfolio_app.http.burst import scripts
from portfolio_app.http.burst.controls import BurstControls, burst_controls
from portfolio_app.http.burst.live import BurstReadings, burst_live
from portfolio_app.http.burst.receipt import receipt_body
from portfolio_app.http.burst.runs import recent_runs
from portfolio_app.http.burst.state import RunsState
from portfolio_app.http.kit.layout import column, section_heading
from portfolio_app.http.kit.page import Section
from portfolio_app.http.kit.panel import panel
from portfolio_app.http.kit.scripts import Row
from portfolio_app.http.log import LogState


def _controls() -> BurstControls:
    return BurstControls(
        size=scripts.burst_view("size", int),
        workers=scripts.burst_view("workers", int),
        mode=scripts.burst_view("mode", str),
        busy=scripts.burst_view("busy", bool),
        elsewhere=scripts.burst_view("elsewhere", bool),
        cancellable=scripts.burst_view("cancellable", bool),
        on_size=scripts.burst_setting("setBurstSize"),
        on_workers=scripts.burst_setting("setBurstWorkers"),
        on_mode=scripts.burst_setting("setBurstMode"),
        on_run=scripts.burst_action("startBurst"),
        on_cancel=scripts.burst_action("cancelBurst"),
    )


def _readings() -> BurstReadings:
    return BurstReadings(
        phase=scripts.burst_view("phase", str),
        status=scripts.burst_view("status", str),
        problem=scripts.burst_view("problem", str),
        unsaved=scripts.burst_view("unsaved", bool),
        total=scripts.burst_view("total", int),
        ended=scripts.burst_view("ended", int),
        facts=scripts.burst_view("facts", list[Row]),
        points=scripts.burst_view("points", list[Row]),
        words=scripts.burst_view("words", str),
        on_save=scripts.burst_action("saveBurst"),
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
    receipt = scripts.burst_view("receipt", dict)
    link = rx.el.a("Open this run's page", href=receipt["href"].to(str), class_name="receipt-page")
    return receipt_body(receipt, link=link, folded=True)


def live_runs() -> rx.Component:
    """The newest runs of all visitors."""
    return recent_runs(
        rows=scripts.runs_view(RunsState.runs),
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


SECTION = Section("burst", _build, (LogState.follow, RunsState.load), invitation="Fire a burst")
