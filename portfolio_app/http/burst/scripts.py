"""The burst's scripts (`burst/burst.js`, `recorded.js`) and the readings of its receipts as Reflex Vars."""

from typing import Any, Final

import reflex as rx
from reflex.vars import FunctionVar

from portfolio_app.http.burst.state import RunsState
from portfolio_app.http.kit.scripts import Row, handler_name, hook_view, later, script_function
from portfolio_app.http.log import network_sources

_BURST: Final = "$/public/js/burst.js"
_RECEIPT: Final = "$/public/js/receipt.js"
_RECORDED: Final = "$/public/js/recorded.js"


def _names() -> str:
    # Two names a script needs: where network rows come from, and the handler that reads the list of runs.
    refresh = rx.Var.create(handler_name(RunsState.load))
    return f"{{sources: {network_sources()}, refresh: {refresh!s}}}"


def burst_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the burst: see `READ` in `burst/burst.js`."""
    return hook_view(_BURST, "useBurst", f"burst_{field}", f'{_names()}, "{field}"', var_type)


def recorded_view(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """One reading of the runs that an address names: see `READ` in `burst/recorded.js`."""
    return hook_view(_RECORDED, "useRecorded", f"recorded_{field}", f'"{field}"', var_type)


def burst_setting(name: str) -> FunctionVar[Any]:
    """What a control calls with its value."""
    return script_function(name, _BURST)


def burst_action(name: str) -> FunctionVar[Any]:
    """What a button calls, without the event."""
    return later(script_function(name, _BURST))


def read_run_again() -> FunctionVar[Any]:
    """Read the run of the address once more."""
    return later(script_function("readAgain", _RECORDED))


def put_beside() -> FunctionVar[Any]:
    """What the choice of another run calls with its name, or with an empty text."""
    return script_function("putBeside", _RECORDED)


def receipt_view(record: Any) -> rx.vars.ObjectVar[Row]:  # noqa: ANN401 (a Var)
    """A record, or null, as `components/burst/receipt.py` draws it."""
    return script_function("receiptView", _RECEIPT).call(record).to(dict[str, Any])


def runs_view(records: Any) -> rx.vars.ArrayVar[list[Row]]:  # noqa: ANN401 (a Var)
    """Summaries as the list of runs shows them."""
    return script_function("runsView", _RECEIPT).call(records).to(list[dict[str, Any]])


def choices_view(summaries: Any, record: Any, other: Any) -> rx.vars.ArrayVar[list[Row]]:  # noqa: ANN401 (Vars)
    """The runs that may be put beside `record`, the `other` one among them."""
    return script_function("choicesView", _RECEIPT).call(summaries, record, other).to(list[dict[str, Any]])


def comparison_view(first: Any, second: Any) -> rx.vars.ArrayVar[list[Row]]:  # noqa: ANN401 (Vars)
    """Two records, figure by figure; empty unless there are two."""
    return script_function("comparisonView", _RECEIPT).call(first, second).to(list[dict[str, Any]])
