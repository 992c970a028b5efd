"""A recorded burst, for anybody."""

from typing import Any

import reflex as rx

from portfolio_app.http.burst import scripts
from portfolio_app.http.burst.drawings import timeline
from portfolio_app.http.burst.receipt import receipt_body
from portfolio_app.http.burst.runs import comparison
from portfolio_app.http.burst.state import RunsState
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.layout import bench, column, page_heading
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.panel import loading_state, panel
from portfolio_app.http.kit.problem import problem


def _points(receipt: Any, beside: Any) -> rx.Component:  # noqa: ANN401 (Vars)
    drawn, other = (run["points"].to(list[dict[str, Any]]) for run in (receipt, beside))
    return timeline(drawn, waiting="No request ended.", beside=other)


def _compared(receipt: Any, other: Any) -> rx.Component:  # noqa: ANN401 (Vars)
    sides = bench(
        panel("This run", _points(receipt, other), data_panel="side"),
        panel("The other", _points(other, receipt), data_panel="side"),
    )
    return comparison(
        rows=scripts.comparison_view(_record(), _other()),
        runs=scripts.choices_view(RunsState.runs, _record(), _other()),
        chosen=scripts.recorded_view("other_id", str),
        problem=scripts.recorded_view("other_problem", str),
        on_choose=scripts.put_beside(),
        beside=rx.cond(other, sides),
    )


def _record() -> Any:  # noqa: ANN401 (a Var of a record or null)
    return scripts.recorded_view("record", dict[str, Any])


def _other() -> Any:  # noqa: ANN401 (a Var of a record or null)
    return scripts.recorded_view("other", dict[str, Any])


def _shown() -> rx.Component:
    receipt, other = scripts.receipt_view(_record()), scripts.receipt_view(_other())
    return rx.cond(
        receipt,
        rx.fragment(
            page_heading(receipt["title"].to(str), "A load burst, as it was recorded when it ended."),
            column(
                panel(
                    rx.fragment("Run ", rx.el.code(receipt["run"])), receipt_body(receipt), data_panel="run"
                ),
                _compared(receipt, other),
            ),
        ),
    )


def _missing() -> rx.Component:
    return problem(
        "404",
        "No run is recorded here.",
        "Runs are kept for a while, then they go. The front page lists the newest ones, and makes new ones.",
        link_button("Go to the start page", "/", kind="primary"),
    )


def _failed() -> rx.Component:
    return problem(
        "503",
        "The run could not be read.",
        scripts.recorded_view("problem", str),
        button("Try again", kind="primary", on_click=scripts.read_run_again()),
    )


def _build() -> rx.Component:
    return rx.match(
        scripts.recorded_view("status", str),
        ("shown", _shown()),
        ("missing", _missing()),
        ("failed", _failed()),
        loading_state("Reading the run…"),
    )


PAGE = Page(
    route="/runs/[run_id]",
    title="Recorded run",
    description="A recorded load burst: four ledgers joined by request id, percentiles, the slowest requests.",
    build=_build,
    on_load=(RunsState.load,),
    parameter="[0-9a-f]{16}",
    scriptless="/api/runs/{}.html",
)
