"""A request in time."""

from dataclasses import asdict
from typing import Any

import reflex as rx
from reflex.experimental.client_state import ClientStateVar

from portfolio_app.http.kit.button import button
from portfolio_app.http.log.trace_dialog import OpenTrace, trace_dialog
from portfolio_app.http.log.trace_views import trace_view
from portfolio_app.http.log.waterfall import waterfall
from portfolio_app.http.showcase.crossing import crossing_strip
from portfolio_app.http.showcase.crossing_views import crossing_view
from portfolio_app.http.styleguide.samples import REQUEST, absent, nothing, post_trace, var
from portfolio_app.http.styleguide.specimen import Group, Specimen, given, specimen


def group() -> Group:
    """The waterfall, the dialog it opens in, and its sum by layer."""
    return Group(
        "Waterfall",
        "Steps nested and to scale. Open a step: its code is the code of this checkout.",
        (
            specimen("a post, painted elsewhere", waterfall, given(trace_view(post_trace()))),
            specimen("a post, not painted yet", waterfall, given(trace_view(post_trace(painted=False)))),
            _dialog(),
            specimen("no post yet", crossing_strip, absent(), on_trace=nothing, label="Crossing: none"),
            specimen(
                "a post",
                crossing_strip,
                given(crossing_view(post_trace())),
                on_trace=nothing,
                label="Crossing: one",
            ),
        ),
        wide=frozenset({waterfall, trace_dialog, crossing_strip}),
    )


def _dialog() -> Specimen:
    status = ClientStateVar.create("guide_trace", default="closed")
    trace: dict[str, Any] = asdict(trace_view(post_trace()))
    opened = OpenTrace(
        status=status.value,
        wanted=var(REQUEST),
        trace=trace,
        problem="",
        on_close=status.set_value("closed"),
        on_retry=nothing,
    )
    states = ("loading", "shown", "missing", "failed")
    openers = [button(state, on_click=status.set_value(state)) for state in states]
    return specimen("opened by these", trace_dialog, opened).within(
        lambda dialog: rx.el.div(*openers, dialog, class_name="guide-openers")
    )
