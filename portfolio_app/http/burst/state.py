"""The newest recorded bursts."""

from typing import Any

import reflex as rx

from portfolio_app.app.burst.worded import worded_summary
from portfolio_app.app.caller import Caller
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.transport.runtime import services


class RunsState(rx.State):
    """The newest runs in words; `loaded` once they were read, `problem` says why they could not be, last time.

    Whole records are not kept in a state (`run_state.py`).
    """

    runs: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)
    problem: rx.Field[str] = rx.field("")

    @rx.event
    async def load(self) -> None:
        """Read the list; one that was read before stays when it can't be read again."""
        found = await attempt(self, "runs.list", _recent, live=False)
        if isinstance(found, ErrorView):
            self.problem = found.text
        else:
            self.runs, self.loaded, self.problem = found, True, ""


async def _recent(_: Caller) -> list[dict[str, Any]]:
    return [worded_summary(summary) for summary in await services().burst.recent_runs()]
