"""Readings: a name and a value, and moments as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import reflex as rx

from portfolio_app.http.kit.kinds import Text


def moment(at: datetime) -> str:
    """Date and time of day in UTC, to the second."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def epoch_ms(at: datetime) -> int:
    """Milliseconds since the epoch, for `marks.clock` and `marks.moment`."""
    return int(at.timestamp() * 1000)


UNKNOWN: Final = "–"


@dataclass(frozen=True, slots=True)
class Fact:
    """One reading. A value that is None or empty shows as `unknown`."""

    label: str
    value: rx.Var[Any]
    unit: Text = ""
    unknown: Text = UNKNOWN


def fact_list(facts: Sequence[Fact]) -> rx.Component:
    """Readings, each beside what it is a reading of."""
    return rx.el.dl(*map(_reading, facts), class_name="facts")


def _reading(fact: Fact) -> rx.Component:
    unknown = fact.value.is_none() | (fact.value.to(str) == "")
    has_unit = isinstance(fact.unit, rx.Var) or fact.unit
    unit = [rx.el.span(fact.unit, class_name="fact-unit")] if has_unit else []
    return rx.el.div(
        rx.el.dt(fact.label),
        rx.el.dd(
            rx.cond(
                unknown, rx.el.span(fact.unknown, class_name="fact-unknown"), rx.fragment(fact.value, *unit)
            )
        ),
        class_name="fact",
        data_testid="fact",
    )
