"""What a style guide is made of: components called with example values, each call in a named frame."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, ParamSpec, Self

import reflex as rx

P = ParamSpec("P")
Component = Callable[..., rx.Component]
_FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a component gets as the Var of a row, as it does inside a `foreach`."""

    value: object
    through: Callable[[Any], Any]


def given(value: object, through: Callable[[Any], Any] = lambda row: row) -> Any:  # noqa: ANN401 (a Var)
    """`value` as the Var of a row; `through` is what makes a view of it in the browser."""
    return Given(value, through)


@dataclass(frozen=True, slots=True)
class Specimen:
    """One component in one state: it is called with these arguments and nothing else is drawn."""

    component: Component
    state: str
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    around: Callable[[rx.Component], rx.Component] = field(default=lambda drawn: drawn)

    def within(self, around: Callable[[rx.Component], rx.Component]) -> Self:
        """Put what it needs around it: a list around a list's item, buttons above what they open."""
        return replace(self, around=around)

    def draw(self) -> rx.Component:
        """The component as a page would draw it."""
        values = chain(self.arguments, self.named.values())
        row = next((value for value in values if isinstance(value, Given)), None)
        if row is None:
            return self.around(self._called(None))
        each = rx.foreach(rx.Var.create([row.value]), lambda found: self._called(row.through(found)))
        return self.around(each)

    def _called(self, row: Any) -> rx.Component:  # noqa: ANN401 (a Var, or None)
        def filled(value: Any) -> Any:  # noqa: ANN401
            return row if isinstance(value, Given) else value

        return self.component(
            *map(filled, self.arguments), **{name: filled(value) for name, value in self.named.items()}
        )


def specimen(
    state: str, component: Callable[P, rx.Component], /, *arguments: P.args, **named: P.kwargs
) -> Specimen:
    """`component` in `state`: the arguments are checked against its signature like those of any call."""
    return Specimen(component, state, arguments, dict(named))


@dataclass(frozen=True, slots=True)
class Group:
    """Components that belong together. A specimen is as wide as a column of the page unless its component is

    `small` (as wide as it is itself) or `wide` (as the whole page).
    """

    title: str
    lede: str
    specimens: tuple[Specimen, ...]
    small: frozenset[Component] = frozenset()
    wide: frozenset[Component] = frozenset()

    @property
    def anchor(self) -> str:
        """Its address on the page."""
        return self.title.lower().replace(" ", "-").replace(",", "")

    def width(self, component: Component) -> str:
        """How much room its specimens get."""
        return "small" if component in self.small else "wide" if component in self.wide else "column"


def purpose(component: Component) -> str:
    """The first sentence of its documentation."""
    return (inspect.getdoc(component) or "").split("\n\n")[0].replace("\n", " ")


def file_of(component: Component) -> str:
    """Where it is written, below `portfolio_app/http/`."""
    return Path(inspect.getfile(component)).relative_to(_FOLDER).as_posix()
