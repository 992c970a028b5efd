"""The front page: the first screen, then the sections that the owner lists."""

from collections.abc import Sequence

import reflex as rx

from portfolio_app.http.content.loader import content
from portfolio_app.http.home.hero import hero, pulse_panel, pulse_trace
from portfolio_app.http.home.state import PulseState
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.fact import UNKNOWN, Fact
from portfolio_app.http.kit.page import Page, Section


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
            link_button(
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
