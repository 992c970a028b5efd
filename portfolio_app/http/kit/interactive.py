"""Parts that need a script of their own in the browser, as Reflex components."""

from typing import Any, Final

import reflex as rx
from reflex.event import no_args_event_spec

from portfolio_app.http.kit.kinds import Child, Handler
from portfolio_app.words import said

_SOURCES: Final = "$/public/js"


class Follow(rx.Component):
    """A live region (role `log`) that follows its end; see `kit/follow.jsx`.

    Rows must be its direct children.
    """

    library = f"{_SOURCES}/follow.jsx"
    tag = "Follow"

    one: rx.Var[str]
    several: rx.Var[str]
    """What stands after the number of rows below: of one row, and of more."""
    at_end: rx.Var[Any]
    """A function, called with whether the end is in view each time that changes."""


class CountedTextarea(rx.Component):
    """A textarea with a counter, sending on Enter; see `chat/counted.jsx`.

    It takes `field_id`, not `id`: Reflex would turn an id into a ref of its own.
    """

    library = f"{_SOURCES}/counted.jsx"
    tag = "CountedTextarea"

    limit: rx.Var[int]
    held_over: rx.Var[int]
    field_id: rx.Var[str]
    spoken_class: rx.Var[str]
    room: rx.Var[str]
    writer: rx.Var[str]
    name: rx.Var[str]
    rows: rx.Var[int]
    placeholder: rx.Var[str]
    dir: rx.Var[str]
    disabled: rx.Var[bool]


class Whenever(rx.Component):
    """Draws nothing: calls a handler when a text changes; see `kit/whenever.jsx`."""

    library = f"{_SOURCES}/whenever.jsx"
    tag = "Whenever"

    change: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """Those of every component, and `on_change` without arguments."""
        return super().get_event_triggers() | {"on_change": no_args_event_spec}


class Kept(rx.Component):
    """A group of rows that takes the focus of a row that goes away; see `kit/kept.jsx`."""

    library = f"{_SOURCES}/kept.jsx"
    tag = "Kept"


def kept(*children: rx.Component, label: str, on_key: rx.Var[Any] | None = None) -> rx.Component:
    """`label` is the group's accessible name: what is said when it takes the focus; `on_key` gets its keys."""
    keys = {} if on_key is None else {"onKeyDown": on_key}
    return Kept.create(*children, class_name="kept", aria_label=label, custom_attrs=keys)


def refresh_after(change: rx.Var[str], *, on_change: Handler) -> rx.Component:
    """Calls `on_change` whenever `change` has another text than before, but not while it is empty."""
    return Whenever.create(change=change, on_change=on_change)


def follow(*children: Child, noun: str, label: str, **attributes: Handler) -> rx.Component:
    """`noun` is the singular of what arrives, `label` the region's accessible name; `at_end` as of `Follow`."""
    return Follow.create(
        *children,
        one=said(f"new {noun} below"),
        several=said(f"new {noun}s below"),
        class_name="follow-region",
        aria_label=label,
        **attributes,
    )


class Moving(rx.Component):
    """Draws nothing: has a tab of another build load `build` when its visitor pauses; see `kit/moving.jsx`."""

    library = f"{_SOURCES}/moving.jsx"
    tag = "Moving"

    build: rx.Var[str]


class Dialog(rx.Component):
    """Open while `open` is true, closed by Escape and by a click beside it; see `kit/dialog.jsx`."""

    library = "$/public/js/dialog.jsx"
    tag = "Dialog"

    open: rx.Var[bool]
    closed: rx.Var[Any]
    """A function, called after the dialog has closed for whatever reason."""
