"""Charts of a run, drawn from shapes: `app/burst/charts.py` makes them of a record, the browser of a run under way."""

from typing import Any, Final

import reflex as rx

from portfolio_app.app.burst import words
from portfolio_app.app.burst.charts import HEIGHT, LINES
from portfolio_app.http.kit.kinds import Child, Row, Text
from portfolio_app.http.kit.marks import pill
from portfolio_app.words import said

_NOTHING_ENDED: Final = said(words.NOTHING_ENDED)
_GRID: Final = f"M0 0H100M0 {HEIGHT // 2}H100M0 {HEIGHT}H100"


def timeline(chart: Any, waiting: Text = _NOTHING_ENDED) -> rx.Component:  # noqa: ANN401 (the Var of a chart)
    """Requests per second and percentiles over time; `waiting` is said while there is nothing to draw."""
    return _chart(chart, waiting, class_name="timeline")


def spread(receipt: Row, *below: Child) -> rx.Component:
    """How the times of the answered requests spread, what was answered how often, and why requests failed."""
    return rx.el.div(
        _chart(receipt["histogram"], said(words.NOTHING_ANSWERED), class_name="histogram"),
        _statuses(receipt),
        _causes(receipt),
        *below,
        class_name="receipt-spread",
    )


def _statuses(receipt: Row) -> rx.Component:
    return rx.el.p(
        rx.foreach(receipt["statuses"].to(list[dict[str, str]]), lambda entry: pill(entry["k"], entry["v"])),
        class_name="receipt-statuses",
        aria_label=said(words.STATUSES),
        role="group",
    )


def _causes(receipt: Row) -> rx.Component:
    found = receipt["causes"].to(list[dict[str, str]])
    pills = rx.foreach(found, lambda entry: pill(entry["k"], entry["v"]))
    return rx.cond(found.length() > 0, rx.el.p(f"{said(words.CAUSES)}: ", pills, class_name="receipt-causes"))


def _chart(chart: Any, waiting: Text, class_name: str) -> rx.Component:  # noqa: ANN401 (the Var of a chart)
    drawn = chart.to(dict[str, Any])
    plots = drawn["plots"].to(list[dict[str, Any]])
    return rx.cond(
        plots.length() > 0,
        rx.el.div(
            rx.foreach(plots, lambda plot: chart_plot(plot=plot)),
            rx.el.p(
                rx.el.span(drawn["start"]),
                rx.el.span(drawn["end"]),
                class_name="plot-axis",
                aria_hidden="true",
            ),
            class_name=class_name,
        ),
        rx.el.p(waiting, class_name="plot-waiting"),
    )


# A memo: however many charts a page has, it has this once.
@rx.memo
def chart_plot(plot: rx.Var[dict[str, Any]]) -> rx.Component:
    """One plot of a chart: title, scale, area, bars and lines."""
    drawn = plot.to(dict[str, Any])
    lines = drawn["lines"].to(list[dict[str, str]])
    return rx.el.figure(
        rx.el.figcaption(drawn["title"], rx.cond(lines.length() > 0, _legend()), class_name="plot-title"),
        rx.el.span(
            *(rx.el.span(figure) for figure in (drawn["top"], drawn["middle"], "0")),
            class_name="plot-scale",
            aria_hidden="true",
        ),
        rx.el.svg(
            rx.el.path(d=_GRID, class_name="plot-grid"),
            rx.el.path(d=drawn["area"].to(str), class_name="plot-fill"),
            rx.foreach(drawn["bars"].to(list[dict[str, str]]), _bar),
            rx.foreach(lines, _line),
            view_box=f"0 0 100 {HEIGHT}",
            role="img",
            aria_label=drawn["label"].to(str),
            class_name="plot-area",
            custom_attrs={"preserveAspectRatio": "none"},
        ),
        class_name="plot",
    )


def _bar(bar: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    box = {name: bar[name] for name in ("x", "y", "width", "height")}
    return rx.el.rect(rx.cond(bar["words"], rx.el.title(bar["words"])), class_name="plot-bar", **box)


def _line(line: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    return rx.el.path(d=line["d"], class_name="plot-line", data_line=line["name"])


def _legend() -> Child:
    keys = (rx.el.span(name, class_name="plot-key", data_line=name) for name in LINES)
    return rx.el.span(*keys, class_name="plot-legend", aria_hidden="true")
