"""The nine names of which a demo is made: see "Add a demo" in docs/adopt.md."""

import re
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import reflex as rx
from pydantic import Field
from reflex.event import EventHandler, EventSpec
from reflex_base.vars.base import BaseStateMeta

from portfolio_app.app.ports.limiter import Rate
from portfolio_app.app.ports.unit_of_work import Repositories, Rows
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.kit import button as kit
from portfolio_app.http.kit.layout import demo_frame, demo_value
from portfolio_app.http.kit.page import DemoPage as Page
from portfolio_app.http.transport import action as transport
from portfolio_app.http.transport.parsing import FIELDS, Request, not_given, parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.http.transport.shared import shared
from portfolio_app.infra.db.tables import metadata
from portfolio_app.words import t

__all__ = ["Demo", "Field", "Page", "Request", "action", "button", "demo_panel", "shared", "table"]

R = TypeVar("R")
T = TypeVar("T")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,30}\.[a-z][a-z0-9_]{0,30}")


class _Action(EventHandler):
    """The handler of an action, which is refused parameters where a page is drawn that it would refuse a visitor."""

    def __call__(self, *values: object, **named: object) -> EventSpec:
        """With the parameters that a browser sends. The framework itself leaves out what is too much."""
        dto: type[Request] | None = getattr(self.fn, FIELDS, None)
        names = [] if dto is None else list(dto.model_fields)
        # The framework adds arguments of the DOM event, such as the position of the pointer, as variables.
        if any(not isinstance(value, rx.Var) for value in values[len(names) :]):
            takes = ", ".join(names) or "no parameters"
            raise TypeError(f"{self.fn.__qualname__} takes {takes}, and is given {len(values)}")
        made: EventSpec = super().__call__(*values, **named)
        given = dict(zip(names, values, strict=False)) | named
        if dto is not None and not not_given(made) and all(map(_is_plain, given.values())):
            try:
                parse(dto, given)
            except InvalidValue as error:
                raise ValueError(f"{self.fn.__qualname__} refuses {given}: {error}") from None
        return made


def _is_plain(value: object) -> bool:
    """Whether a browser sends the value just as it is: to it a whole number is a whole number."""
    return isinstance(value, str | int | None) or (isinstance(value, float) and not value.is_integer())


class _DemoType(BaseStateMeta):
    """Makes each demo a state of its own: by itself a class whose bases are all mixins is one, too."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **named: Any) -> type:  # noqa: ANN401
        own = bases if named.get("mixin") else (*bases, rx.State)
        made: type = super().__new__(cls, name, own, body, **named)
        for word, handler in dict(vars(made)).items():
            if isinstance(handler, EventHandler) and hasattr(handler.fn, FIELDS):
                setattr(
                    made,
                    word,
                    _Action(fn=handler.fn, state=handler.state, event_actions=handler.event_actions),
                )
        return made


class Demo(rx.State, mixin=True, metaclass=_DemoType):
    """The state of a demo; `problem` says why its last action was refused."""

    problem: rx.Field[str] = rx.field("")


def action(
    name: str, *, live: bool = True, limit: tuple[int, int] | None = None
) -> Callable[[Callable[..., Any]], EventHandler]:
    """Make a method a handler that a browser may call with one `Request`, or nothing; an error is its `problem`.

    `name` is `demo.verb`: what log, waterfall and metrics call it. `limit=(5, 10)` admits five a visitor in ten
    seconds. `live=False` keeps what only reads out of the live log.
    """
    given: object = name  # without its parentheses the decorator is given the method
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise ValueError(f'an action is named like "dice.roll", not {name!r}')
    if limit is not None and not _is_limit(limit):
        raise ValueError(f"limit=(5, 10) is five times in ten seconds, and {limit!r} is nothing like it")
    rate = Rate(f"demo.{name}", *limit) if limit else None
    return transport.action(name, live=live, target=f"demo.{name.partition('.')[0]}", rate=rate)


def _is_limit(limit: object) -> bool:
    match limit:
        case (int(times), int(seconds)):
            return times > 0 and seconds > 0
        case _:
            return False


def button(label: str, on_click: object, *, kind: kit.ButtonKind = "primary") -> rx.Component:
    """A button that runs an action: `Dice.throw(2)`, or `Kudos.give` for one that takes nothing."""
    events = on_click if isinstance(on_click, list | tuple) else [on_click]
    return kit.button(label, kind=kind, on_click=[_as_written(event) for event in events])


def _as_written(event: object) -> object:
    """An action with the parameters that it was given, and not where the pointer was in the place of others."""
    handler = getattr(event, "handler", event)
    if not isinstance(handler, _Action):
        return event
    if missing := not_given(event):
        raise TypeError(f"{handler.fn.__qualname__} of a button lacks {', '.join(missing)}")
    made = handler() if event is handler else event
    return lambda: made


def demo_panel(state: type[Demo], *shown: object) -> Callable[[], rx.Component]:
    """The panel of a demo: components, and values of its state, one under the other."""

    def build() -> rx.Component:
        drawn = [
            each if isinstance(each, rx.Component) else demo_value(rx.Var.create(each)) for each in shown
        ]
        return demo_frame(t("Try it"), *drawn, problem=state.problem)

    return build


class _Table(Generic[R]):
    """A table, each method in a transaction of its own; `run` puts several steps into one."""

    def __init__(self, kind: type[R]) -> None:
        self._kind = kind

    async def get(self, key: object) -> R | None:
        """The row with this primary key."""
        return await self.run(lambda rows: rows.get(key))

    async def newest(self, count: int) -> list[R]:
        """Up to `count` rows, the highest primary key first."""
        return await self.run(lambda rows: rows.newest(count))

    async def add(self, row: R) -> R:
        """Insert `row`."""
        return await self.run(lambda rows: rows.add(row))

    async def increase(self, key: object, **by: int) -> R:
        """Add to columns of the row with this primary key, made first if it is missing; returns it."""
        return await self.run(lambda rows: rows.increase(key, **by))

    async def run(self, work: Callable[[Rows[R]], T]) -> T:
        """Commit what `work` did if it returns, undo it if it raises; it may be called again, on another thread."""

        def within(repositories: Repositories) -> T:
            return work(repositories.rows(self._kind))

        return await services().unit_of_work.run(within)


def table(kind: type[R]) -> _Table[R]:
    """The table of a SQLModel class, on the site's own database; `portfolio_app new demo` writes its migration."""
    if getattr(kind, "metadata", None) is not metadata:
        raise TypeError(f"{kind.__name__} is no SQLModel class with table=True")
    return _Table(kind)
