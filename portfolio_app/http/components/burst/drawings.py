"""Charts, drawn in the browser (`assets/js/burst_chart.jsx`)."""

from typing import Any, Final

import reflex as rx

from portfolio_app.http.components.kinds import Text

_SOURCE: Final = "$/public/js/burst_chart.jsx"


class Timeline(rx.Component):
    """Requests per second and percentiles over time; `waiting` is said while there is no point."""

    library = _SOURCE
    tag = "Timeline"

    points: rx.Var[list[dict[str, Any]]]
    waiting: rx.Var[str]


class Histogram(rx.Component):
    """How the times of the answered requests spread."""

    library = _SOURCE
    tag = "Histogram"

    bins: rx.Var[list[dict[str, Any]]]


def timeline(points: Any, *, waiting: Text) -> rx.Component:  # noqa: ANN401 (a Var of rows)
    """A point has at_s, rate, p50, p95 and p99; all but the first may be null."""
    return Timeline.create(points=points, waiting=waiting)


def histogram(bins: Any) -> rx.Component:  # noqa: ANN401 (a Var of rows)
    """A bin has from_ms, to_ms and count."""
    return Histogram.create(bins=bins)
