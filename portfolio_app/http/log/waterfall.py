"""A request's steps, nested and to scale."""

from typing import Any

import reflex as rx

from portfolio_app.http.kit.kinds import Row
from portfolio_app.http.kit.pill import pill


def _placed(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 (Vars and literals)
    """Custom properties that the stylesheet places an element by."""
    style = rx.Var.create({f"--{name}": value for name, value in properties.items()})
    return {"style": style}


def _bar(span: Row) -> rx.Component:
    return rx.el.span(
        rx.el.span(
            class_name="trace-bar",
            data_cut=span["cut"],
            custom_attrs=_placed(left=span["left"], width=span["width"]),
        ),
        class_name="trace-track",
    )


def _detail(span: Row) -> rx.Component:
    return rx.el.div(
        rx.el.p(span["name"], class_name="trace-whole"),
        rx.el.p(
            pill("starts at", span["at"]),
            pill("takes", span["took"]),
            rx.foreach(span["pills"].to(list[dict[str, str]]), lambda entry: pill(entry["k"], entry["v"])),
            class_name="trace-pills",
        ),
        rx.cond(
            span["code"],
            rx.el.figure(
                rx.el.figcaption("Running source, ", span["where"]),
                rx.el.pre(rx.el.code(span["code"]), tab_index=0),
                class_name="trace-code",
            ),
        ),
        class_name="trace-detail",
    )


def _span(span: Row) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(span["name"], class_name="trace-name"),
                rx.el.span(
                    rx.el.span(
                        rx.cond(span["target"], span["target"], span["layer"]), class_name="trace-target"
                    ),
                    rx.el.span(span["where"], class_name="trace-where"),
                    class_name="trace-origin",
                ),
                _bar(span),
                rx.el.span(span["took"], class_name="trace-took"),
                class_name="trace-step",
            ),
            _detail(span),
        ),
        key=span["id"],
        class_name="trace-span",
        custom_attrs=_placed(depth=span["depth"]),
        data_testid="trace-span",
        data_layer=span["layer"],
        data_start_us=span["start_us"],
        data_duration_us=span["duration_us"],
    )


def _tick(mark: Row) -> rx.Component:
    return rx.el.span(mark["at"], class_name="trace-tick", custom_attrs=_placed(left=mark["left"]))


def _axis(marks: Any) -> rx.Component:  # noqa: ANN401 (a Var of rows)
    return rx.el.div(
        rx.el.div(rx.foreach(marks, _tick), class_name="trace-scale"),
        class_name="trace-axis",
        aria_hidden="true",
    )


def _station(mark: Row) -> rx.Component:
    return rx.el.li(
        rx.el.b(mark["label"], class_name="trace-station-name"),
        rx.el.span(
            rx.cond(mark["reached"], mark["at"], "not yet"),
            class_name="trace-station-at",
        ),
        class_name="trace-station",
        data_reached=mark["reached"],
    )


def _way(marks: Any) -> rx.Component:  # noqa: ANN401 (a Var of rows)
    return rx.cond(
        marks.length() > 0,
        rx.el.ol(rx.foreach(marks, _station), class_name="trace-way", aria_label="The message's way"),
    )


def waterfall(trace: Row) -> rx.Component:
    """A trace has spans, axis and way: see `http/log/trace_views.py`."""
    rows = list[dict[str, Any]]
    return rx.el.div(
        _way(trace["way"].to(rows)),
        _axis(trace["axis"].to(rows)),
        rx.el.ol(rx.foreach(trace["spans"].to(rows), _span), aria_label="Steps"),
        class_name="trace-body",
    )
