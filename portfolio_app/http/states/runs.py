"""Recorded bursts: the newest ones, and the one that a page is about."""

from functools import partial
from typing import Any, Final

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.http.dto.parsing import parse
from portfolio_app.http.dto.runs import RunDTO
from portfolio_app.http.errors import ErrorView
from portfolio_app.http.handling import attempt
from portfolio_app.http.runtime import services

NO_SUCH_RUN: Final = (404, 422)
_PATH: Final = "/runs/"
_OTHER: Final = "with"

Record = dict[str, Any]


class RunsState(rx.State):
    """Summaries of the newest runs; `loaded` once they were read."""

    runs: rx.Field[list[Record]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    async def load(self) -> None:
        """Read the list."""
        found = await attempt(self, "runs.list", _recent, live=False)
        if not isinstance(found, ErrorView):
            self.runs, self.loaded = found, True


class RunState(rx.State):
    """The record that `/runs/<id>` shows, and the one that `?with=` puts beside it.

    `status` is loading, shown, missing or failed, the last with a `problem`.
    """

    status: rx.Field[str] = rx.field("loading")
    problem: rx.Field[str] = rx.field("")
    record: rx.Field[Record | None] = rx.field(None)
    other: rx.Field[Record | None] = rx.field(None)
    other_id: rx.Field[str] = rx.field("")

    @rx.event
    async def load(self) -> None:
        """Read the run that the address names."""
        found = await attempt(self, "runs.read", partial(_read, self._run_of_path()), live=False)
        await self._beside(self.router.url.query_parameters.get(_OTHER, ""))
        if isinstance(found, ErrorView):
            self.status = "missing" if found.status in NO_SUCH_RUN else "failed"
            self.record, self.problem = None, found.text
        else:
            self.status, self.record, self.problem = "shown", found, ""

    @rx.event
    async def compare(self, run_id: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """Put another run beside it; an empty id puts it away."""
        await self._beside(run_id)

    async def _beside(self, run_id: object) -> None:
        found = await attempt(self, "runs.compare", partial(_read, run_id), live=False) if run_id else None
        # Its waterfalls stay out: nobody sees them here.
        self.other = None if found is None or isinstance(found, ErrorView) else found | {"slowest": []}
        self.other_id = self.other["run"] if self.other else ""

    def _run_of_path(self) -> str:
        return self.router.url.path.partition(_PATH)[2].strip("/")


async def _recent(_: Caller) -> list[Record]:
    return [dict(summary) for summary in await services().burst.recent_runs()]


async def _read(run_id: object, _: Caller) -> Record:
    return dict(await services().burst.read_run(parse(RunDTO, {"run_id": run_id}).run_id))
