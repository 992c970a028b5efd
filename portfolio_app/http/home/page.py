"""The front page: the first screen, then the sections that the owner lists."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from portfolio_app.http.content.loader import content
from portfolio_app.http.home.pulse import BEATS_KEPT, HEIGHT
from portfolio_app.http.home.state import PulseState
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.fact import UNKNOWN, Fact, fact_list
from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.layout import panel
from portfolio_app.http.kit.marks import layer_strip
from portfolio_app.http.kit.page import Page, Section


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


def _not_yet(words: str) -> rx.Var[str]:
    # Nobody can say so before the first reading.
    return rx.cond(PulseState.visitors, words, UNKNOWN)


def _in_tabs() -> rx.Var[str]:
    return rx.cond(PulseState.tabs == 1, "in 1 tab", f"in {PulseState.tabs} tabs")


def _facts() -> list[Fact]:
    return [
        Fact("Visitors here", PulseState.visitors, _in_tabs()),
        Fact("Events and requests answered", PulseState.events_per_s, "/s"),
        Fact("Last post, received to committed", PulseState.last_post_ms, "ms", _not_yet("no post yet")),
        Fact(
            "Last post, painted in another tab",
            PulseState.last_painted_ms,
            "ms",
            _not_yet("no second tab yet"),
        ),
        Fact("Up for", PulseState.uptime),
        Fact("Commit", PulseState.commit),
    ]


def _pulse() -> rx.Component:
    trace = pulse_trace(
        PulseState.pushed,
        PulseState.peak,
        label="Frames pushed to tabs, last 60 s",
        quiet="Nothing was pushed lately. Post a message, and it moves.",
    )
    return pulse_panel(_facts(), trace, scripts.connection())


def _hero(sections: Sequence[Section]) -> rx.Component:
    profile = content().profile
    inviting = [section for section in sections if section.invitation]
    return hero(
        _pulse(),
        *(
            section.button()
            if section.button
            else link_button(
                section.invitation, f"#{section.name}", kind="quiet" if place else "primary", native=True
            )
            for place, section in enumerate(inviting)
        ),
        claim=profile.claim,
        ledes=profile.ledes,
    )


def home_page(sections: Sequence[Section]) -> Page:
    """The front page with these sections, each read when the page opens."""

    def build() -> rx.Component:
        return rx.fragment(_hero(sections), *(section.build() for section in sections))

    loads = [PulseState.follow, *(load for section in sections for load in section.on_load)]
    once = [load for index, load in enumerate(loads) if load not in loads[:index]]
    return Page(route="/", title="", description="", build=build, listed=True, on_load=once)
