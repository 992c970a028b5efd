"""Browser scripts as Reflex Vars: what pages and components call and read."""

from typing import Any, Final

import reflex as rx
from reflex.utils.format import format_event_handler
from reflex.vars import FunctionStringVar, FunctionVar, VarData
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.function import ArgsFunctionOperation

_ROVE: Final = "$/public/js/rove.js"
_NUMBERS: Final = "$/public/js/numbers.js"
_CONNECTION: Final = "$/public/js/connection.js"

Row = dict[str, Any]


def script_names(**names: str) -> str:
    """Names of states and handlers as a JavaScript object, for a script to find them by."""
    return str(rx.Var.create(names))


def handler_name(handler: Any) -> str:  # noqa: ANN401 (of a class, Reflex gives a handler for each of its methods)
    """The name that a script calls a state's handler by."""
    return format_event_handler(handler)


def hook_view(script: str, hook: str, variable: str, argument: str, var_type: Any) -> rx.Var[Any]:  # noqa: ANN401
    """What `hook` of `script` returns, called with `argument`, which is JavaScript."""
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
