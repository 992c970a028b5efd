"""Where a waterfall opens: over the page, with what it waits for and what went wrong."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.dialog import Dialog
from portfolio_app.http.kit.icon import icon
from portfolio_app.http.kit.kinds import Handler, Row, Text
from portfolio_app.http.kit.panel import empty_state, loading_state
from portfolio_app.http.log.waterfall import waterfall

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
        "Download OTLP JSON",
        href=f"/api/traces/{request_id}",
        download=f"trace-{request_id}.json",
        class_name="trace-download",
        data_testid="trace-download",
    )


def _summary(trace: Row) -> rx.Component:
    return rx.fragment(
        rx.el.b(trace["name"]),
        " took ",
        rx.el.b(trace["took"]),
        ", from ",
        rx.el.time(trace["started"]),
        " UTC",
    )


def _head(opened: OpenTrace, trace: Row) -> rx.Component:
    return rx.el.header(
        rx.el.h2("Waterfall", id=_HEADING, class_name="trace-title"),
        rx.el.p(
            rx.cond(opened.status == "shown", _summary(trace)),
            class_name="trace-summary",
        ),
        rx.el.p("Request ", rx.el.code(opened.wanted), class_name="trace-request"),
        rx.el.div(
            rx.cond(opened.status == "shown", _download(opened.wanted)),
            button("Close", icon_name="close", on_click=opened.on_close, test_id="trace-close"),
            class_name="trace-tools",
        ),
        class_name="trace-head",
    )


def _missing() -> rx.Component:
    return empty_state(
        "This trace is not kept any more.",
        "The last 200 requests of your session are. Do something, and open one of those.",
        data_testid="trace-missing",
    )


def _failed(opened: OpenTrace) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            icon("alert"),
            rx.cond(opened.problem, opened.problem, "The server did not answer."),
            class_name="trace-problem",
            role="alert",
        ),
        button("Try again", icon_name="retry", on_click=opened.on_retry),
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
                    loading_state("Reading the trace…"),
                ),
                class_name="trace-frame",
                data_testid="trace",
            ),
        ),
        open=opened.status != "closed",
        closed=opened.on_close,
        class_name="trace-dialog",
        aria_labelledby=_HEADING,
    )
