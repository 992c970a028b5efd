"""Specimens of the first screen."""

from dataclasses import asdict
from typing import Any, Final

import reflex as rx

from portfolio_app.http.home.first_trace import ClocksDTO, arrival_view
from portfolio_app.http.home.page import first_trace_panel, hero, pulse_panel, pulse_trace
from portfolio_app.http.home.pulse import steps
from portfolio_app.http.home.second_tab import second_tab
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.layout import UNKNOWN, Fact
from portfolio_app.http.kit.specimen import Component, Group, post_trace, specimen, var
from portfolio_app.http.log import trace_view

EXEMPT: Final[dict[Component, str]] = {second_tab: "it holds a page of the site, and the site opens it"}
_LABEL = "Frames pushed to tabs, last 60 s"
_QUIET = "Nothing was pushed."
_BUSY = [at * 7 % 13 * (at > 20) for at in range(60)]


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
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
            *(
                specimen(about, first_trace_panel, trace, var(about))
                for about, trace in (("nothing", var(None)), ("arrival", _arrival()), ("message", _message()))
            ),
            specimen(
                "the first screen",
                hero,
                first_trace_panel(_arrival(), var("arrival")),
                "",
                *actions,
                owner="Whose site it is",
                role="what they do",
                claim="What this site claims, in a sentence.",
                ledes=("And one that says more.",),
            ),
        ),
        wide=frozenset({hero, first_trace_panel}),
    )


def _arrival() -> rx.Var[Any]:
    clocks = ClocksDTO(
        document="", opened="a" * 32, heard=190_000, requested=3_000, answered=9_000, received=10_500, scripts=21,
        scripts_from=14_000, scripts_to=61_000, painted=48_000, largest=48_000,
    )  # fmt: skip
    view = arrival_view(clocks, None, None, post_trace(painted=False))
    return rx.Var.create(asdict(view) if view else None)


def _message() -> rx.Var[Any]:
    return rx.Var.create(asdict(trace_view(post_trace())))


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
