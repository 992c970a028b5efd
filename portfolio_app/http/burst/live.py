"""What a burst shows while it runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from portfolio_app.http.burst.drawings import timeline
from portfolio_app.http.burst.status import Figure
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Child, Handler, Number, Row
from portfolio_app.http.kit.marks import HIDDEN

_WAITING = "Rate and latency are drawn here while the load runs."


@dataclass(frozen=True, slots=True)
class BurstReadings:
    """A run as Vars.

    `ended` of `total` requests have an outcome; `chart` is the browser's until the receipt has one; `words` are for
    screen readers; `tail` is the end of the live log, and `place` the id of all this; `unsaved` says that `problem`
    keeps the receipt from being written, and `on_save` tries again.
    """

    phase: rx.Var[str]
    status: rx.Var[str]
    problem: rx.Var[str]
    unsaved: rx.Var[bool]
    total: Number
    ended: Number
    facts: Sequence[Figure]
    chart: Row
    words: rx.Var[str]
    on_save: Handler
    tail: Child = ""
    place: str = ""


def burst_status(readings: BurstReadings) -> rx.Component:
    """One sentence on how things stand, and what went wrong."""
    return rx.el.div(
        rx.el.p(
            readings.status,
            role="status",
            class_name="burst-status",
            data_testid="burst-status",
            data_phase=readings.phase,
        ),
        error_text(readings.problem, role="alert", data_testid="burst-error"),
        rx.cond(readings.unsaved, button("Write the receipt", icon_name="retry", on_click=readings.on_save)),
        rx.el.p(readings.words, role="status", class_name=HIDDEN),
        class_name="burst-state",
    )


def _fact(fact: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(fact["k"]),
        rx.el.dd(fact["v"], rx.cond(fact["unit"], rx.el.span(fact["unit"], class_name="burst-unit"))),
        class_name="burst-fact",
        data_fact=fact["k"],
    )


def burst_live(readings: BurstReadings) -> rx.Component:
    """Progress, counts and the chart; they keep their places before, while and after a run."""
    return rx.el.div(
        burst_status(readings),
        rx.el.div(
            rx.el.progress(
                value=readings.ended,
                max=rx.cond(readings.total > 0, readings.total, 1),
                aria_label="Requests done",
                class_name="burst-bar",
            ),
            rx.el.dl(rx.foreach([fact.row for fact in readings.facts], _fact), class_name="burst-facts"),
            class_name="burst-progress",
            data_testid="burst-progress",
            data_ended=readings.ended,
            data_total=readings.total,
        ),
        rx.el.div(readings.tail, class_name="burst-tail"),
        rx.el.div(
            timeline(readings.chart, waiting=_WAITING), class_name="burst-chart", data_testid="burst-chart"
        ),
        id=readings.place or None,
        class_name="burst-live",
    )
