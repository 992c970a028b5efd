"""The front page: the first screen, then the sections that the owner lists."""

from collections.abc import Sequence

import reflex as rx

from portfolio_app.http.chat import ChatState, live_chat
from portfolio_app.http.content.loader import content
from portfolio_app.http.home.hero import hero, pulse_panel, pulse_trace
from portfolio_app.http.home.state import PulseState
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.fact import UNKNOWN, Fact
from portfolio_app.http.kit.layout import bench, column, section_heading
from portfolio_app.http.kit.page import Page, Section
from portfolio_app.http.log import LogState, live_log, live_network, live_terminal, live_trace
from portfolio_app.http.showcase import ShowcaseState, live_crossing


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
        quiet="Nothing was pushed lately. Fire a burst, or post.",
    )
    return pulse_panel(_facts(), trace, scripts.connection())


def _hero() -> rx.Component:
    profile = content().profile
    return hero(
        _pulse(),
        link_button("Fire a burst", "#burst", kind="primary", native=True),
        link_button("Try the live chat", "#live", native=True),
        claim=profile.claim,
        ledes=profile.ledes,
    )


def _live() -> rx.Component:
    return rx.el.section(
        section_heading(
            "Post, and watch the backend do it",
            "Try live posts as the demo user. Run the chat demo and watch request, database and push behavior "
            "stream in real time.",
        ),
        column(bench(live_chat(), live_crossing(), live_log()), live_network(), live_terminal()),
        live_trace(),
        id="live",
    )


LIVE = Section("live", _live, (ChatState.enter, LogState.follow, ShowcaseState.refresh))


def home_page(sections: Sequence[Section]) -> Page:
    """The front page with these sections, each read when the page opens."""

    def build() -> rx.Component:
        return rx.fragment(_hero(), *(section.build() for section in sections))

    loads = [PulseState.follow, *(load for section in sections for load in section.on_load)]
    once = [load for index, load in enumerate(loads) if load not in loads[:index]]
    return Page(route="/", title="", description="", build=build, listed=True, on_load=once)
