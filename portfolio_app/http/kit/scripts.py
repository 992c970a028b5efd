"""Browser scripts as Reflex Vars and components: what pages and components call, read and draw."""

from typing import Any, Final

import reflex as rx
from reflex.event import no_args_event_spec
from reflex.utils.format import format_event_handler
from reflex.vars import FunctionStringVar, FunctionVar, VarData
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.function import ArgsFunctionOperation

from portfolio_app.http.kit.kinds import Child, Handler
from portfolio_app.words import said

_SOURCES: Final = "$/public/js"
_ROVE: Final = f"{_SOURCES}/rove.js"
_NUMBERS: Final = f"{_SOURCES}/numbers.js"
_CONNECTION: Final = f"{_SOURCES}/connection.js"

Row = dict[str, Any]


def script_names(**names: str) -> str:
    """Names of states and handlers as a JavaScript object, for a script to find them by."""
    return str(rx.Var.create(names))


def handler_name(handler: Any) -> str:  # noqa: ANN401 (of a class, Reflex gives a handler for each of its methods)
    """The name that a script calls a state's handler by."""
    return format_event_handler(handler)


def hook_view(script: str, hook: str, variable: str, argument: str, var_type: Any) -> rx.Var[Any]:  # noqa: ANN401
    """The Var of what `hook` of `script` returns, called with `argument`, which is JavaScript."""
    # The hook runs once in whichever component uses the Var, as Reflex does with its own state hooks.
    data = VarData(imports={script: ImportVar(tag=hook)}, hooks=[f"const {variable} = {hook}({argument})"])
    return rx.Var(variable, _var_type=var_type, _var_data=data).guess_type()


def script_function(name: str, script: str) -> FunctionVar[Any]:
    """The function that `script` exports under `name`, or `exported.method` of an object that it exports."""
    exported = ImportVar(tag=name.partition(".")[0])
    return FunctionStringVar.create(name, _var_data=VarData(imports={script: exported}))


def channel_names(*channels: tuple[type[rx.State], str]) -> str:
    """States and their vars as JavaScript, for a script that merges what they hold."""
    return str(rx.Var.create([[state.get_full_name(), field + FIELD_MARKER] for state, field in channels]))


def callback(expression: rx.Var[Any]) -> FunctionVar[Any]:
    """A function without arguments that evaluates `expression` when it is called."""
    made: FunctionVar[Any] = ArgsFunctionOperation.create((), expression)
    return made


def later(function: FunctionVar[Any], *arguments: Any) -> FunctionVar[Any]:  # noqa: ANN401 (Vars or literals)
    """`function` with its arguments, called when something happens."""
    return callback(function.call(*arguments))


def named(variable: str, expression: rx.Var[str]) -> rx.Var[str]:
    """`expression`, evaluated once in whichever component uses it, however often."""
    known = expression._get_all_var_data()
    data = VarData.merge(known, VarData(hooks=[f"const {variable} = {expression!s}"]))
    return rx.Var(variable, _var_type=str, _var_data=data).to(str)


def number(value: Any) -> rx.Var[str]:  # noqa: ANN401 (a Var)
    """A figure of the browser's own, thousands apart."""
    written: rx.Var[str] = script_function("number", _NUMBERS).call(value).to(str)
    return written


def rove() -> FunctionVar[Any]:
    """The key handler of a list whose rows hold buttons: arrow keys, j and k walk along them.

    A button's shortcut presses it. Only while one of them has the focus, or had it in a row that is gone.
    """
    return script_function("rove", _ROVE)


def obstacle(name: str) -> rx.Var[str]:
    """`reason` or `words` of why there is no connection, what is wrong with its `storage`; or its `zone`."""
    argument = str(rx.Var.create(name))
    return hook_view(_CONNECTION, "useObstacle", f"obstacle_{name}", argument, str)


def connection() -> rx.Var[str]:
    """`connecting`, `live`, `reconnecting`, `offline`, or `blocked` where plain HTTP gets through and nothing else."""
    root_state = str(rx.Var.create(rx.State.get_full_name()))
    return hook_view(_CONNECTION, "useConnection", "connection", root_state, str)


class Follow(rx.Component):
    """A live region (role `log`) that follows its end; see `kit/follow.jsx`.

    Rows must be its direct children.
    """

    library = f"{_SOURCES}/follow.jsx"
    tag = "Follow"

    one: rx.Var[str]
    several: rx.Var[str]
    """The words after the number of rows below: for one row, and for several."""
    at_end: rx.Var[Any]
    """A function, called with whether the end is in view each time that changes."""


class CountedTextarea(rx.Component):
    """A textarea with a counter, sending on Enter, or a line with a `suggested` text; see `chat/counted.jsx`.

    It takes `field_id`, not `id`: Reflex would turn an id into a ref of its own.
    """

    library = f"{_SOURCES}/counted.jsx"
    tag = "CountedTextarea"

    limit: rx.Var[int]
    held_over: rx.Var[int]
    writer: rx.Var[str]
    field_id: rx.Var[str]
    spoken_class: rx.Var[str]
    room: rx.Var[str]
    suggested: rx.Var[str]
    name: rx.Var[str]
    auto_complete: rx.Var[str]
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
        """The triggers of every component, and `on_change` without arguments."""
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


class Unfolding(rx.Component):
    """A `details` whose last child is made when it is first opened; see `kit/unfolding.jsx`."""

    library = f"{_SOURCES}/unfolding.jsx"
    tag = "Unfolding"


class Dialog(rx.Component):
    """Open while `open` is true, closed by Escape and by a click beside it; see `kit/dialog.jsx`."""

    library = f"{_SOURCES}/dialog.jsx"
    tag = "Dialog"

    open: rx.Var[bool]
    closed: rx.Var[Any]
    """A function, called after the dialog has closed for whatever reason."""
