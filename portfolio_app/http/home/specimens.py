"""Specimens of the first screen."""

import reflex as rx

from portfolio_app.http.home.hero import Pulse, hero, pulse_panel
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.fact import UNKNOWN, Fact
from portfolio_app.http.kit.specimen import Group, specimen, var

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


def _pulse(rates: list[int]) -> rx.Component:
    return Pulse.create(rates=rates, label="Frames pushed to tabs, last 60 s", quiet="Nothing was pushed.")
