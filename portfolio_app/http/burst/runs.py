"""Recorded runs: the newest ones, and one beside another."""

from typing import Any

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.field import error_text
from portfolio_app.http.kit.kinds import Handler, Row, Rows, Text
from portfolio_app.http.kit.panel import empty_state, loading_state, panel


def _run(run: Row) -> rx.Component:
    return rx.el.li(
        rx.el.a(run["title"], href=run["href"].to(str), class_name="run-link"),
        rx.el.span(
            rx.cond(run["balanced"], "balanced", rx.fragment(run["mismatch_count"], " mismatched")),
            rx.cond(run["cancelled"], ", cancelled", ""),
            class_name="run-verdict",
            data_balanced=run["balanced"],
        ),
        rx.el.span(
            run["rps"], " /s, p50 ", run["p50"], " ms, p99 ", run["p99"], " ms", class_name="run-figures"
        ),
        rx.el.time(run["started"], class_name="run-started"),
        key=run["run"].to(str),
        class_name="run",
        data_testid="run-row",
        data_run=run["run"],
    )


def _listed(rows: Rows) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        rx.el.ol(rx.foreach(rows, _run), class_name="runs"),
        empty_state("No run is recorded yet.", "Run the load: its receipt opens for anybody, here."),
    )


def recent_runs(*, rows: Rows, loaded: Any, problem: Text, on_retry: Handler) -> rx.Component:  # noqa: ANN401 (a Var)
    """The newest runs of all visitors; a `problem` keeps them from being read, or from being read again."""
    failed = empty_state(
        "The list of runs could not be read.",
        problem,
        button("Try again", icon_name="retry", on_click=on_retry),
        role="alert",
    )
    unread = rx.cond(problem, rx.fragment(), loading_state("Reading the runs…"))
    return panel(
        "Recent runs", rx.cond(problem, failed), rx.cond(loaded, _listed(rows), unread), data_panel="runs"
    )


def _figure(row: Row) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row["label"], scope="row"),
        rx.el.td(row["a"]),
        rx.el.td(row["b"]),
        rx.el.td(row["change"]),
        class_name="comparison-row",
    )


def _table(rows: Rows) -> rx.Component:
    heads = ("Figure", "This run", "The other", "Change")
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(words, scope="col") for words in heads))),
            rx.el.tbody(rx.foreach(rows, _figure)),
            class_name="comparison",
            data_testid="comparison",
        ),
        class_name="comparison-region",
        tab_index=0,
        role="region",
        aria_label="Two runs, figure by figure",
    )


def _other(run: Row) -> rx.Component:
    return rx.el.option(run["started"], ": ", run["title"], value=run["run"].to(str))


def comparison(
    *, rows: Rows, runs: Rows, chosen: Text, problem: Text, on_choose: Handler, beside: rx.Component
) -> rx.Component:
    """Choose one of `runs` to put beside this one; `rows` and `beside` are shown once there is another.

    A `problem` is why there is none, though one was asked for.
    """
    return panel(
        "Compare",
        rx.el.label(
            rx.el.span("Put beside this run"),
            rx.el.select(
                rx.el.option("Choose a recent run", value=""),
                rx.foreach(runs, _other),
                value=chosen,
                on_change=on_choose,
                class_name="run-select",
                data_testid="run-other",
                # Or an option that comes later than `chosen` stays unselected: React selects when it draws the select.
                data_runs=runs.length(),
            ),
            class_name="run-choice",
        ),
        error_text(problem, role="alert", data_testid="run-other-error"),
        rx.cond(rows.length() > 0, rx.fragment(_table(rows), beside)),
        data_panel="compare",
    )
