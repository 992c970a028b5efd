"""The readings of a burst while it runs: a sentence, figures and the chart, made in the browser of what it knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from portfolio_app.app.burst.charts import LINES
from portfolio_app.app.burst.words import MODES, OUTCOMES, STOPS
from portfolio_app.http.burst.drawings import timeline
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Number, Row, Text
from portfolio_app.http.kit.marks import HIDDEN
from portfolio_app.http.kit.scripts import number, script_function
from portfolio_app.words import said, t

_WORDS: Final = "$/public/js/burst_words.js"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, with or without a unit."""

    name: str
    value: Text
    unit: Text = ""

    @property
    def row(self) -> dict[str, Text]:
        """The reading as a `foreach` takes it: its drawing is in the page once."""
        return {"k": self.name, "v": self.value, "unit": self.unit}


def run_facts(run: Row) -> tuple[Figure, ...]:
    """The figures beside the chart; `run` as for `run_status`."""
    size = run["size"]
    return (
        Figure(t("Sent"), number(run["sent"]), rx.cond(size, t("of {n}", n=number(size)), "")),
        Figure(t("In flight"), number(run["open"])),
        Figure(t("Rate"), number(run["rate"]), "/s"),
        Figure(t("Time left"), _written("timeLeft", run)),
        *(Figure(said(name.capitalize()), number(run[name])) for name in (*OUTCOMES, "pushed")),
        *(Figure(line, _written("milliseconds", run[line]), rx.cond(run[line], "ms", "")) for line in LINES),
        Figure(t("Status"), _written("classesOf", run["classes"])),
    )


def _written(function: str, value: Any) -> rx.Var[str]:  # noqa: ANN401 (a Var)
    written: rx.Var[str] = script_function(function, _WORDS).call(value).to(str)
    return written


def _up_to(run: Row) -> rx.Var[str]:
    return rx.cond(run["rising"], f"{t('up to')} ", "").to(str)


def run_status(run: Row, *, is_mine: Flag) -> rx.Var[str]:
    """`run` is what a tab shows of a run (`IDLE` in `burst/burst_words.js`); `is_mine` says that the tab sends it."""
    sent, size = number(run["sent"]), number(run["size"])
    stop = rx.match(run["stopped"], *((stop, said(words)) for stop, words in STOPS.items()), "")
    mode = rx.match(run["mode"], *((mode, said(name.lower())) for mode, name in MODES.items()), "")
    requests = rx.cond(run["size"] == 1, t("request"), t("requests"))
    workers = rx.cond(run["workers"] == 1, t("worker"), t("workers"))
    sending = t(
        "{size} {mode} {requests} with {n} {workers}",
        size=size,
        mode=mode,
        requests=requests,
        n=run["workers"],
        workers=workers,
    ) + rx.cond(
        run["rate_per_s"], t(", {rate} due a second", rate=f"{_up_to(run)}{number(run['rate_per_s'])}"), ""
    ).to(str)
    some = t("{sent} of {size} sent", sent=sent, size=size)
    whole = rx.cond(run["sent"] == run["size"], t("All {size} sent", size=size), some)
    end = rx.cond(run["stopped"], t("{stop} after {sent} of {size}", stop=stop, sent=sent, size=size), whole)
    all_sent = rx.cond(run["stopped"], f"{stop}: {some}", whole)
    known = rx.cond(run["ended"] == 1, t("request"), t("requests"))
    kept = t("What this tab knows of {n} {requests} is kept.", n=number(run["ended"]), requests=known)
    status = rx.match(
        run["phase"],
        ("ready", t("Ready. Choose a burst size and run the load.")),
        ("starting", t("Asking the server for a ticket.")),
        ("running", t("Running {load}.", load=sending)),
        ("collecting", t("{sent}. Waiting for the last pushes.", sent=all_sent)),
        ("saving", t("Joining the ledgers by request id.")),
        ("done", t("{end} in {receipt}. The receipt is below.", end=end, receipt=_receipt(run))),
        (
            "unsaved",
            rx.cond(
                run["unsaved"],
                t("There is no receipt yet. {kept}", kept=kept),
                t("There is no receipt of this run: only what the browser measured is shown here."),
            ),
        ),
        "",
    )
    elsewhere = rx.cond(run["busy"], rx.cond(is_mine, "", f"{t('In another of your tabs:')} "), "")
    return rx.Var.create(f"{elsewhere}{status}").to(str)


def _receipt(run: Row) -> Text:
    shown = run["receipt"].to(dict[str, dict[str, str]])["shown"]
    balance = rx.cond(shown["balanced"], t("and the ledgers balance"), t("but the ledgers do not balance"))
    return f"{shown['elapsed']} s, {balance}"


_WAITING = t("Rate and latency are drawn here while the load runs.")


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
        rx.cond(
            readings.unsaved, button(t("Write the receipt"), icon_name="retry", on_click=readings.on_save)
        ),
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
                aria_label=t("Requests done"),
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
