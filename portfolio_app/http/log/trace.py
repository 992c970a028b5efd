"""A request in time: its steps nested and to scale, and the dialog they open in."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.kinds import Flag, Handler, Row, Text
from portfolio_app.http.kit.layout import empty_state, loading_state
from portfolio_app.http.kit.marks import icon, instant, pill, short_id, spoken, untranslated
from portfolio_app.http.kit.scripts import Dialog, Unfolding, rove
from portfolio_app.words import parts, t


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
        # A record of an earlier version has none.
        rx.foreach(span["critical"].to(list[dict[str, float]]), _stretch),
        class_name="trace-track",
    )


def _stretch(part: Row) -> rx.Component:
    return rx.el.span(
        class_name="trace-critical", custom_attrs=_placed(left=part["left"], width=part["width"])
    )


def _whole(text: Text) -> rx.Component:
    return rx.el.p(text, class_name="trace-whole")


def _detail(span: Row) -> rx.Component:
    return rx.el.div(
        _whole(span["name"]),
        rx.el.p(
            pill(t("starts at"), span["at"]),
            pill(t("takes"), span["took"]),
            rx.cond(span["decided"], pill(t("on the critical path for"), span["decided"])),
            rx.foreach(span["pills"].to(list[dict[str, str]]), lambda entry: pill(entry["k"], entry["v"])),
            class_name="trace-pills",
        ),
        rx.cond(
            span["code"],
            rx.el.figure(
                rx.el.figcaption(f"{t('Running source')}, ", span["where"]),
                rx.el.pre(rx.el.code(span["code"]), tab_index=0),
                class_name="trace-code",
            ),
            rx.cond(span["where"], _whole(span["where"])),
        ),
        class_name="trace-detail",
    )


def _span(span: Row, test_id: str, *, reachable: Flag) -> rx.Component:
    return rx.el.li(
        Unfolding.create(
            rx.el.summary(
                rx.el.span(span["name"], class_name="trace-name", custom_attrs=untranslated()),
                rx.el.span(
                    rx.el.span(
                        rx.cond(span["target"], span["target"], span["layer"]), class_name="trace-target"
                    ),
                    " ",
                    rx.el.span(span["where"], class_name="trace-where"),
                    class_name="trace-origin",
                ),
                _bar(span),
                rx.el.span(
                    span["took"],
                    rx.cond(span["decided"], spoken(t(", on the critical path"))),
                    class_name="trace-took",
                ),
                class_name="trace-step",
                tab_index=rx.cond(reachable, 0, -1),
            ),
            _detail(span),
        ),
        key=span["id"],
        class_name="trace-span",
        custom_attrs=_placed(depth=span["depth"]),
        data_testid=test_id,
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
            rx.cond(mark["reached"], mark["at"], t("not yet")),
            class_name="trace-station-at",
        ),
        class_name="trace-station",
        data_reached=mark["reached"],
    )


def _way(marks: Any) -> rx.Component:  # noqa: ANN401 (a Var of rows)
    return rx.cond(
        marks.length() > 0,
        rx.el.ol(rx.foreach(marks, _station), class_name="trace-way", aria_label=t("Stations")),
    )


def waterfall(trace: Row, test_id: str = "trace-span") -> rx.Component:
    """A trace has spans, axis, way and path: see `http/log/trace_views.py`. `test_id` is that of its steps."""
    rows = list[dict[str, Any]]
    return rx.el.div(
        _way(trace["way"].to(rows)),
        rx.cond(trace["path"], rx.el.p(trace["path"], class_name="trace-path", data_testid="trace-path")),
        _axis(trace["axis"].to(rows)),
        rx.el.ol(
            rx.foreach(trace["spans"].to(rows), lambda span, at: _span(span, test_id, reachable=at == 0)),
            aria_label=t("Steps"),
            custom_attrs={"onKeyDown": rove()},
        ),
        key=trace["request_id"].to(
            str
        ),  # of another request nothing is what it was: it does not move, it is new
        class_name="trace-body",
    )


_HEADING = "trace-heading"


@dataclass(frozen=True, slots=True)
class OpenTrace:
    """`status` is closed, loading, shown, missing or failed; `wanted` the request id asked for.

    `trace` is shown with `shown` only; `problem` says in words why it `failed`, if the server did.
    """

    status: rx.Var[str]
    wanted: rx.Var[str]
    trace: Any
    problem: Text
    on_close: Handler
    on_retry: Handler


def _download(request_id: rx.Var[str]) -> rx.Component:
    # Not the router's link: what it names is a file.
    return A.create(
        icon("save"),
        t("Download OTLP JSON"),
        href=f"/api/traces/{request_id}",
        download=f"trace-{request_id}.json",
        class_name="trace-download",
        data_testid="trace-download",
    )


def _beside(request_id: rx.Var[str]) -> rx.Component:
    return rx.el.a(
        t("Lay beside another"),
        href=f"/traces/{request_id}",
        class_name="trace-beside",
        data_testid="trace-beside",
    )


def _summary(trace: Row) -> rx.Component:
    return rx.fragment(
        *parts(
            "{name} took {took}, from {at}",
            name=rx.el.b(trace["name"], custom_attrs=untranslated()),
            took=rx.el.b(trace["took"]),
            at=instant(trace["started"]),
        ),
    )


def _head(opened: OpenTrace, trace: Row) -> rx.Component:
    return rx.el.header(
        rx.el.h2(t("Waterfall"), id=_HEADING, class_name="trace-title"),
        rx.el.p(
            rx.cond(opened.status == "shown", _summary(trace)),
            class_name="trace-summary",
        ),
        rx.el.p(
            f"{t('Request')} ",
            rx.el.code(short_id(opened.wanted), title=opened.wanted),
            class_name="trace-request",
        ),
        rx.el.div(
            rx.cond(opened.status == "shown", rx.fragment(_beside(opened.wanted), _download(opened.wanted))),
            button(t("Close"), icon_name="close", on_click=opened.on_close, test_id="trace-close"),
            class_name="trace-tools",
        ),
        class_name="trace-head",
    )


def _missing() -> rx.Component:
    return empty_state(
        t("This trace is not kept any more."),
        t("The last 200 requests of your session are. Do something, and open one of those."),
        data_testid="trace-missing",
    )


def _failed(opened: OpenTrace) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            icon("alert"),
            rx.cond(opened.problem, opened.problem, t("The server did not answer.")),
            class_name="trace-problem",
            role="alert",
        ),
        button(t("Try again"), icon_name="retry", on_click=opened.on_retry),
        class_name="trace-failure",
        data_testid="trace-failed",
    )


def trace_dialog(opened: OpenTrace) -> rx.Component:
    """One for a whole page; Escape, the button and a click beside it close it."""
    trace = rx.Var.create(opened.trace).to(dict[str, Any])
    return Dialog.create(
        rx.cond(
            opened.status != "closed",
            rx.el.div(
                _head(opened, trace),
                rx.match(
                    opened.status,
                    ("shown", waterfall(trace)),
                    ("missing", _missing()),
                    ("failed", _failed(opened)),
                    loading_state(t("Reading the trace…")),
                ),
                class_name="trace-frame",
                data_testid="trace",
                data_request_id=opened.wanted,
            ),
        ),
        open=opened.status != "closed",
        closed=opened.on_close,
        class_name="trace-dialog",
        aria_labelledby=_HEADING,
    )
