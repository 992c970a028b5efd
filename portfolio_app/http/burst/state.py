"""The newest recorded bursts."""

from typing import Any

import reflex as rx

from portfolio_app.app.burst.worded import worded_summary
from portfolio_app.http.transport.action import action
from portfolio_app.http.transport.runtime import services


class RunsState(rx.State):
    """The newest runs in words; `loaded` once they were read, `problem` says why they could not be, last time.

    Whole records are not kept in a state (`run_state.py`).
    """

    runs: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)
    problem: rx.Field[str] = rx.field("")

    @action("runs.list", live=False)
    async def load(self) -> None:
        """Read the list; one that was read before stays when it can't be read again."""
        self.runs = [worded_summary(summary) for summary in await services().burst.recent_runs()]
        self.loaded = True
