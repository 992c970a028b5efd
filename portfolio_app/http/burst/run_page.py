"""A recorded burst, for anybody."""

from typing import Any

import reflex as rx

from portfolio_app.http.burst.receipt import receipt_body, shown_of
from portfolio_app.http.burst.runs import Comparison, comparison
from portfolio_app.http.burst.state import COMPARED, RunsState, RunState, read_run
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.kinds import Row
from portfolio_app.http.kit.layout import column, loading_state, page_heading, panel
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.problem import problem
from portfolio_app.words import parts, t


def _record() -> Row:
    return rx.Var.create(RunState.record).to(dict[str, Any])


def _compared() -> rx.Component:
    compared = rx.Var.create(RunState.comparison).to(dict[str, Any])
    return comparison(
        Comparison(
            shown=shown_of(_record())["run"].to(str),
            chosen=RunState.other,
            problem=RunState.other_problem,
            other=compared["other"].to(dict[str, Any]),
            rows=compared["rows"].to(list[dict[str, str]]),
            first=compared["first"].to(dict[str, Any]),
            second=compared["second"].to(dict[str, Any]),
        ),
        runs=RunsState.runs,
        on_choose=RunState.compare_with,
        anchor=COMPARED,
    )


def _shown() -> rx.Component:
    record = _record()
    receipt = shown_of(record)
    return rx.fragment(
        page_heading(receipt["title"].to(str), t("A load burst, as it was recorded when it ended.")),
        column(
            panel(
                rx.fragment(*parts("Run {run}", run=rx.el.code(receipt["run"]))),
                receipt_body(record),
                data_panel="run",
            ),
            _compared(),
        ),
    )


def _loading() -> rx.Component:
    return loading_state(t("Reading the run…"))


def _missing() -> rx.Component:
    return problem(
        "404",
        t("No run is recorded here."),
        t(
            "Runs are kept for a while, then they go. The front page lists the newest ones, and makes new ones."
        ),
        link_button(t("Go to the start page"), "/", kind="primary"),
    )


def _failed() -> rx.Component:
    return problem(
        "503",
        t("The run could not be read."),
        RunState.problem,
        button(t("Try again"), kind="primary", on_click=[RunState.open, RunState.open_other]),
    )


def _title() -> rx.Var[str]:
    receipt = shown_of(_record())
    about = rx.cond(
        receipt["run"], t("Run {run}: {title}", run=receipt["run"], title=receipt["title"]), t("Recorded run")
    )
    return rx.Var.create(f"{about} – {content().profile.site}").to(str)


def _build() -> rx.Component:
    return rx.match(
        RunState.status,
        # After a reconnection the record is on its way again.
        ("shown", rx.cond(shown_of(_record())["run"], _shown(), _loading())),
        ("missing", _missing()),
        ("failed", _failed()),
        _loading(),
    )


PAGE = Page(
    route="/runs/[run_id]",
    title=t("Run"),
    description=t(
        "A recorded load burst: four ledgers joined by request id, percentiles, the slowest requests."
    ),
    build=_build,
    on_load=(RunState.open, RunState.open_other, RunsState.load),
    parameter="[0-9a-f]{16}",
    scriptless="/api/runs/{}.html",
    find=read_run,
    shown_title=_title(),
)
