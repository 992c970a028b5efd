"""Whole pages, and how they begin."""

from typing import Any

import reflex as rx

from portfolio_app.http.home.hero import hero, pulse_panel, pulse_trace
from portfolio_app.http.home.pulse import steps
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.fact import UNKNOWN, Fact
from portfolio_app.http.kit.layout import page_heading, page_section, section_heading
from portfolio_app.http.kit.problem import broken, not_allowed, not_found, problem, sign_in_first
from portfolio_app.http.styleguide.samples import var
from portfolio_app.http.styleguide.specimen import Group, specimen

_LABEL = "Frames pushed to tabs, last 60 s"
_QUIET = "Nothing was pushed."
_BUSY = [at * 7 % 13 * (at > 20) for at in range(60)]


def group() -> Group:
    """Headings, the first screen, and pages for when a page can't be had."""
    states = {
        "readings": ("41", _BUSY, "live"),
        "quiet": ("0", [0] * 60, "live"),
        "not heard yet": ("", [], "live"),
        "not connected": ("41", _BUSY, "reconnecting"),
    }
    actions = (
        link_button("Try the live chat", "#chat", kind="primary", native=True),
        link_button("Open the room", "/chat"),
    )
    return Group(
        "Pages",
        "How a page begins, and what stands there when it can't be had.",
        (
            *(
                specimen(state, pulse_trace, *_line(rates), label=_LABEL, quiet=_QUIET)
                for state, rates in (("busy", _BUSY), ("quiet", [0] * 60), ("not heard yet", []))
            ),
            *(
                specimen(state, pulse_panel, _facts(rate), _pulse(rates), var(connection))
                for state, (rate, rates, connection) in states.items()
            ),
            specimen(
                "the first screen",
                hero,
                pulse_panel(_facts("41"), _pulse(_BUSY), var("live")),
                *actions,
                claim="What this site claims, in a sentence.",
                ledes=("And one that says more.",),
            ),
            specimen("with a lede", page_heading, "A page", "What it is for."),
            specimen("bare", page_heading, "A page"),
            specimen("with a lede", section_heading, "A section", "What it shows."),
            specimen("bare", section_heading, "A section"),
            specimen(
                "with content",
                page_section,
                "A section",
                "What it shows.",
                rx.el.p("Whatever it holds."),
                anchor="example-section",
            ),
            specimen(
                "any",
                problem,
                "503",
                "The run could not be read.",
                "The service is busy.",
                link_button("Try again", "", native=True),
            ),
            specimen("404", not_found),
            specimen("guest", not_allowed, signed_in=False),
            specimen("member", not_allowed, signed_in=True),
            specimen("guest", sign_in_first, "Sign in to see where you are signed in."),
            specimen("500", broken),
        ),
        wide=frozenset({hero}),
    )


def _facts(rate: str) -> list[Fact]:
    known = rate != ""
    return [
        Fact("Visitors here", var("3" if known else ""), "in 5 tabs"),
        Fact("Events and requests answered", var(rate), "/s"),
        Fact("Last post, received to committed", var("5.8" if known else ""), "ms"),
        Fact("Last post, painted in another tab", var(""), "ms", "no second tab yet" if known else UNKNOWN),
    ]


def _line(rates: list[int]) -> tuple[Any, Any]:
    return (var(steps(rates)), var(max(rates))) if rates else (var(""), var(None))


def _pulse(rates: list[int]) -> rx.Component:
    return pulse_trace(*_line(rates), label=_LABEL, quiet=_QUIET)
