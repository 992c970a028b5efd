"""The first screen: the claim, and the pulse of the process that serves it."""

from collections.abc import Sequence

import reflex as rx

from portfolio_app.http.kit.fact import Fact, fact_list
from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.layer import layer_strip
from portfolio_app.http.kit.panel import panel


class Pulse(rx.Component):
    """A rate over the last seconds, one number each, or `quiet`; see `home/pulse.jsx`."""

    library = "$/public/js/pulse.jsx"
    tag = "Pulse"

    rates: rx.Var[list[int]]
    label: rx.Var[str]
    quiet: rx.Var[str]


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
            *([rx.el.div(*actions, class_name="hero-actions")] if actions else []),
            rx.el.p(
                "JavaScript is off: all words are here, but what is live below needs it.",
                class_name="hero-still",
            ),
            class_name="hero-words",
        ),
        pulse,
        class_name="hero",
    )
