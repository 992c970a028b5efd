"""Specimens of the first screen."""

from typing import Any

import reflex as rx

from portfolio_app.http.home.page import hero, pulse_panel, pulse_trace
from portfolio_app.http.home.pulse import steps
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.fact import UNKNOWN, Fact
from portfolio_app.http.kit.specimen import Group, specimen, var

_LABEL = "Frames pushed to tabs, last 60 s"
_QUIET = "Nothing was pushed."
_BUSY = [at * 7 % 13 * (at > 20) for at in range(60)]


def groups() -> tuple[Group, ...]:
    """What the style guide shows of it."""
    return (_first_screen(),)


def _first_screen() -> Group:
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
        "First screen",
        "What the site claims, and what its process does right now.",
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
