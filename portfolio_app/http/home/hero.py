"""The first screen: the claim, and the pulse of the process that serves it."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from portfolio_app.http.home.pulse import BEATS_KEPT, HEIGHT
from portfolio_app.http.kit.fact import Fact, fact_list
from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.layer import layer_strip
from portfolio_app.http.kit.panel import panel


def pulse_trace(pushed: Text, peak: rx.Var[Any], *, label: str, quiet: str) -> rx.Component:
    """What was `pushed` in the last minute as a line, its newest end at the right; `quiet` if it was nothing.

    There is no `peak` before the first reading.
    """
    line = f"M0 {HEIGHT}{pushed}"
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.span(label),
            rx.el.span(rx.cond(peak.is_none(), "", f"peak {peak} /s"), class_name="pulse-peak"),
            class_name="pulse-words",
        ),
        rx.el.svg(
            rx.el.path(d=f"{line}V{HEIGHT}Z", class_name="pulse-fill"),
            rx.el.path(d=line, class_name="pulse-line"),
            view_box=f"0 0 {BEATS_KEPT} {HEIGHT}",
            aria_hidden="true",
            class_name="pulse-area",
            custom_attrs={"preserveAspectRatio": "none"},
        ),
        rx.cond(peak == 0, rx.el.p(quiet, class_name="pulse-quiet")),
        class_name="pulse",
        data_peak=rx.cond(peak, peak, 0),
    )


def pulse_panel(facts: Sequence[Fact], trace: rx.Component, connection: Text) -> rx.Component:
    """Readings of the very process that served the page, under the `trace` of its last minute.

    Without a live `connection` they are no news, and look it.
    """
    return panel(
        "This process, now",
        trace,
        fact_list(facts),
        aside=rx.cond(connection == "live", "", "not connected"),
        data_state=connection,
        data_panel="pulse",
    )


def hero(pulse: rx.Component, *actions: Child, claim: Text, ledes: Sequence[Text]) -> rx.Component:
    """The claim at the left, the `pulse` at the right; stacked on a phone."""
    return rx.el.section(
        rx.el.div(
            rx.el.h1(claim, class_name="hero-claim"),
            *(rx.el.p(words, class_name="hero-lede") for words in ledes),
            layer_strip(),
            rx.el.div(*actions, class_name="hero-actions"),
            rx.el.p(
                "JavaScript is off: all words are here, but what is live below needs it.",
                class_name="hero-still",
            ),
            class_name="hero-words",
        ),
        pulse,
        class_name="hero",
    )
