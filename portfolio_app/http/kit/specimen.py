"""Specimens for the style guide: components called with example values, and values that many of them share.

A feature has its own in `specimens.py`: its `GROUP`, and in `EXEMPT` what has nothing to show, with the reason.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final, ParamSpec, Self

import reflex as rx

from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.http.content.source import Symbol, find

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
    """The file that a component is written in, below `portfolio_app/http/`."""
    return Path(inspect.getfile(component)).relative_to(_FOLDER).as_posix()


REQUEST: Final = "5f3a9c0e7b1d4826a0c4e8f2b6d91735"
NOON_MS: Final = 12 * 60 * 60 * 1000.0


def var(value: object) -> Any:  # noqa: ANN401 (a Var of its type)
    """`value` as a Var, which is what components take from a state."""
    return rx.Var.create(value)


def listed(values: Sequence[object]) -> Any:  # noqa: ANN401 (a Var of rows)
    """Dicts or views as a Var of rows; there may be none."""
    return rx.Var.create(list(values)).to(list[dict[str, Any]])


def nothing(*_: object) -> Any:  # noqa: ANN401 (whatever a handler may be)
    """A handler, or a function that gives one: nothing happens."""
    return rx.noop()


def absent() -> Any:  # noqa: ANN401 (a Var of a row)
    """A row that a state does not have yet."""
    return rx.Var("undefined").to(dict[str, Any])


def post_trace(*, painted: bool = True) -> Trace:
    """A post on its way from the browser to another tab."""
    steps = _STEPS if painted else _STEPS[:-1]
    spans = tuple(step.span(number) for number, step in enumerate(steps, start=1))
    return Trace(REQUEST, "chat.send", NOON_MS, spans[-1].start_us, spans)


INSERT: Final = (
    "INSERT INTO messages (id, room, revision, client_id, session_id, body) VALUES (?, ?, ?, ?, ?, ?)"
)
# What ran.
_SEND: Final = Symbol("portfolio_app/http/chat/state.py", "ChatState.send")
_USE_CASE: Final = Symbol("portfolio_app/app/chat/post_message.py", "PostMessage.__call__")
_WRITE: Final = Symbol("portfolio_app/infra/db/batch_sql.py", "BatchSql.add_messages")


@dataclass(frozen=True, slots=True)
class _Step:
    parent: int
    name: str
    layer: str
    target: str
    times: tuple[int, int]
    pills: tuple[tuple[str, str], ...] = ()
    code: Symbol | None = None

    def span(self, number: int) -> SpanView:
        start, duration = self.times
        place = find(self.code) if self.code else None
        file, line = (place.path, place.line) if place else ("", 0)
        parent = f"{self.parent}" if self.parent else ""
        return SpanView(
            f"{number}", parent, self.name, self.layer, self.target, start, duration, self.pills, file, line
        )


_STEPS: Final = (
    _Step(0, "chat.send", "http", "demo.request", (0, 6_900), (("handler", "send"),), _SEND),
    _Step(1, "PostMessage", "app", "demo.chat", (700, 5_800), (("verdict", "visible"),), _USE_CASE),
    _Step(2, "MessageBody", "domain", "", (900, 12)),
    _Step(2, INSERT, "infra", "demo.db", (1_900, 2_100), (("rows", "1"), ("batch", "3")), _WRITE),
    _Step(2, "commit", "infra", "demo.db", (4_000, 1_500), (("batch", "3"),)),
    _Step(1, "publish room.changed", "infra", "demo.push", (5_600, 500)),
    _Step(1, "push to room:lobby", "http", "demo.push", (6_100, 700), (("tabs", "2"), ("bytes", "412"))),
    _Step(0, "painted in another tab", "http", "demo.push", (7_000, 2_800)),
)
