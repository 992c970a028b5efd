"""Recorded runs: the newest ones, two compared, and the page of one, for anybody."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from portfolio_app.http.burst.drawings import timeline
from portfolio_app.http.burst.receipt import receipt_body, shown_of
from portfolio_app.http.burst.state import COMPARED, RunsState, RunState, read_run
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.form import choice, error_text
from portfolio_app.http.kit.kinds import Handler, Row, Rows, Text
from portfolio_app.http.kit.layout import (
    bench,
    column,
    empty_state,
    loading_state,
    page_heading,
    panel,
    table,
)
from portfolio_app.http.kit.marks import as_text, moment
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.problem import problem
from portfolio_app.words import parts, t


def _run(run: Row) -> rx.Component:
    return rx.el.li(
        rx.el.a(run["title"], href=run["href"].to(str), class_name="run-link"),
        rx.el.span(
            run["outcome"],
            class_name="run-verdict",
            data_balanced=run["balanced"],
        ),
        rx.el.span(run["figures"], class_name="run-figures"),
        rx.el.span(moment(run["at"]), class_name="run-started"),
        key=run["run"].to(str),
        class_name="run",
        data_testid="run-row",
        data_run=run["run"],
    )


def _listed(rows: Rows) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        rx.el.ol(rx.foreach(rows, _run), class_name="runs"),
        empty_state(t("No run is recorded yet."), t("Run the load: its receipt opens for anybody, here.")),
    )


def recent_runs(*, rows: Rows, loaded: Any, problem: Text, on_retry: Handler) -> rx.Component:  # noqa: ANN401 (a Var)
    """The newest runs of all visitors; a `problem` keeps them from being read, or from being read again."""
    failed = empty_state(
        t("The list of runs could not be read."),
        problem,
        button(t("Try again"), icon_name="retry", on_click=on_retry),
        role="alert",
    )
    unread = rx.cond(problem, rx.fragment(), loading_state(t("Reading the runs…")))
    return panel(
        t("Recent runs"), rx.cond(problem, failed), rx.cond(loaded, _listed(rows), unread), data_panel="runs"
    )


def _figure(row: Row) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row["label"], scope="row"),
        *(
            rx.el.td(rx.cond(row["label"] == t("Started"), moment(row[side]), row[side]))
            for side in ("a", "b")
        ),
        rx.el.td(row["change"]),
        class_name="comparison-row",
    )


def _option(run: Row, shown: Text) -> rx.Component:
    return rx.cond(
        run["run"] == shown,
        rx.fragment(),
        rx.el.option(as_text(run["at"], "moment"), ": ", run["title"], value=run["run"].to(str)),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs as Vars: the one that is `shown`, and `other`, if there is one.

    `rows` are their figures, `first` and `second` their charts, all of which come with the other run; a `problem` is
    why there is none, though one was asked for.
    """

    shown: Text
    chosen: Text
    problem: Text
    other: Row
    rows: Rows
    first: Row
    second: Row


def comparison(compared: Comparison, *, runs: Rows, on_choose: Handler, anchor: str = "") -> rx.Component:
    """Choose one of `runs` to compare this one with; figures and charts are shown once there is another.

    `anchor` is its address on the page.
    """
    # The choice is known before the run that was chosen, which has a time to be written then.
    other = compared.other["run"]
    is_unlisted = ~runs.pluck("run").to(list[str]).contains(other)
    return panel(
        t("Compare"),
        choice(
            t("Compare this run with"),
            rx.el.option(t("Choose a recent run"), value=""),
            rx.cond(compared.chosen & other & is_unlisted, _option(compared.other, compared.shown)),
            rx.foreach(runs, lambda run: _option(run, compared.shown)),
            value=compared.chosen,
            on_change=on_choose,
            count=runs.length(),
            name="run-other",
        ),
        error_text(compared.problem, role="alert", data_testid="run-other-error"),
        rx.cond(
            compared.chosen,
            rx.fragment(
                table(
                    (t("Figure"), t("This run"), t("The other"), t("Change")),
                    compared.rows,
                    _figure,
                    label=t("Two runs, figure by figure"),
                    class_name="comparison",
                ),
                bench(
                    panel(t("This run"), timeline(compared.first), data_panel="side"),
                    panel(t("The other"), timeline(compared.second), data_panel="side"),
                ),
            ),
        ),
        anchor=anchor,
        data_panel="compare",
    )


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
    known = t("Run {run}: {title}", run=receipt["run"], title=receipt["title"])
    unread = rx.cond(RunState.status == "missing", t("Not found"), t("Recorded run"))
    about = rx.cond(receipt["run"], known, unread)
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


async def _find(run_id: str, _session_id: str) -> None:
    await read_run(run_id)


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
    find=_find,
    shown_title=_title,
)
