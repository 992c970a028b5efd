"""The front page."""

import reflex as rx

from portfolio_app.http.attacks.page import live_attacks
from portfolio_app.http.burst.page import live_burst
from portfolio_app.http.burst.state import RunsState
from portfolio_app.http.chat.state import ChatState
from portfolio_app.http.content.loader import content
from portfolio_app.http.frame import framed
from portfolio_app.http.home.hero import UNKNOWN, Fact, Pulse, hero, pulse_panel
from portfolio_app.http.home.state import PulseState
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.layout import bench, column, section_heading
from portfolio_app.http.kit.page import Page
from portfolio_app.http.log.live import live_chat, live_log, live_network, live_trace
from portfolio_app.http.log.state import LogState
from portfolio_app.http.log.terminal_page import live_terminal
from portfolio_app.http.showcase.capabilities_page import live_capabilities, live_crossing
from portfolio_app.http.showcase.page import highlights, patterns, stats
from portfolio_app.http.showcase.proof_state import ProofState
from portfolio_app.http.showcase.state import ShowcaseState


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
    trace = Pulse.create(
        rates=PulseState.pushed,
        label="Frames pushed to tabs, last 60 s",
        quiet="Nothing was pushed lately. Fire a burst, or post.",
    )
    return pulse_panel(_facts(), trace, scripts.connection())


def _build() -> rx.Component:
    profile = content().profile
    return framed(
        hero(
            _pulse(),
            link_button("Fire a burst", "#burst", kind="primary", native=True),
            link_button("Try the live chat", "#live", native=True),
            claim=profile.claim,
            ledes=profile.ledes,
        ),
        stats(),
        rx.el.section(
            section_heading(
                "Fire a burst, get a receipt",
                "Use the slider to send a large burst of requests from this browser, and watch live request logs and "
                "push updates in real time.",
            ),
            live_burst(),
            id="burst",
            class_name="burst-section",
        ),
        rx.el.section(
            section_heading(
                "Post, and watch the backend do it",
                "Try live posts as the demo user. Run the chat demo and watch request, database and push behavior "
                "stream in real time.",
            ),
            column(bench(live_chat(), live_crossing(), live_log()), live_network(), live_terminal()),
            live_trace(),
            id="live",
        ),
        live_capabilities(),
        live_attacks(),
        highlights(),
        patterns(),
    )


PAGE = Page(
    route="/",
    title="",
    description="",
    build=_build,
    listed=True,
    on_load=(
        ChatState.enter,
        LogState.follow,
        PulseState.follow,
        RunsState.load,
        ShowcaseState.refresh,
        ProofState.load,
    ),
)
