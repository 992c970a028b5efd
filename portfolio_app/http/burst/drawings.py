"""Charts, drawn in the browser (`burst/burst_chart.jsx`)."""

from typing import Any, Final

import reflex as rx

from portfolio_app.http.kit.kinds import Text

_SOURCE: Final = "$/public/js/burst_chart.jsx"


class Timeline(rx.Component):
    """Requests per second and percentiles over time; `waiting` is said while there is no point."""

    library = _SOURCE
    tag = "Timeline"

    points: rx.Var[list[dict[str, Any]]]
    waiting: rx.Var[str]
    beside: rx.Var[list[dict[str, Any]]]


class Histogram(rx.Component):
    """How the times of the answered requests spread."""

    library = _SOURCE
    tag = "Histogram"

    bins: rx.Var[list[dict[str, Any]]]
    marks: rx.Var[list[dict[str, Any]]]


def timeline(points: Any, *, waiting: Text, beside: Any = None) -> rx.Component:  # noqa: ANN401 (Vars of rows)
    """A point has at_s, rate, p50, p95 and p99; all but the first may be null.

    What stands `beside` it is drawn by itself, to the same scale.
    """
    scale = {} if beside is None else {"beside": beside}
    return Timeline.create(points=points, waiting=waiting, **scale)


def histogram(bins: Any, marks: Any) -> rx.Component:  # noqa: ANN401 (Vars of rows)
    """A bin has from_ms, to_ms and count; a mark has a name and the ms where it stands."""
    return Histogram.create(bins=bins, marks=marks)
