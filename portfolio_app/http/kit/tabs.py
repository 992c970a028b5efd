"""Tabs; without JavaScript their panels stand one under the other."""

from collections.abc import Mapping

import reflex as rx


class Tabs(rx.Component):
    """One panel for each child; see `kit/tabs.jsx`."""

    library = "$/public/js/tabs.jsx"
    tag = "Tabs"

    names: rx.Var[list[str]]
    label: rx.Var[str]


def tabs(panels: Mapping[str, rx.Component], *, label: str) -> rx.Component:
    """`label` is the accessible name of the row of tabs."""
    return Tabs.create(*panels.values(), names=list(panels), label=label)
