"""The newest recorded bursts, and the run that a page shows."""

import re
from copy import deepcopy
from functools import partial
from typing import Any, Final

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from portfolio_app.app.burst.worded import compared, with_words, worded_summaries
from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.runs import Record
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.words import site_words, t


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
        self.runs = worded_summaries(await services().burst.recent_runs(), site_words())
        self.loaded = True


_RUN: Final = re.compile(r"[0-9a-f]{16}")
_PATH: Final = "/runs/"
COMPARED: Final = "compare"
"""The id of the part of the page in which two runs are compared."""
_NO_RUN: Final = (404, 422)
_GONE: Final = t(
    "The run to compare this one with is not recorded here: runs are kept for a while, then they go."
)


class CompareDTO(Request):
    """The run that another one is compared with; empty for none."""

    run: str = Field(max_length=32)


class RunState(rx.State):
    """`status` is loading, shown, missing or failed, the last with a `problem`.

    `record` and `comparison` are channels: they are sent to the tab and not kept here, for a record may list a
    thousand mismatches and ten waterfalls. There is a comparison while there is an `other` run.
    """

    status: rx.Field[str] = rx.field("loading")
    problem: rx.Field[str] = rx.field("")
    record: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    other: rx.Field[str] = rx.field("")
    other_problem: rx.Field[str] = rx.field("")
    comparison: rx.Field[dict[str, Any]] = rx.field(
        default_factory=partial(deepcopy, {"rows": [], "other": {}})
    )

    def _not_read(self, error: ErrorView, _payload: Payload) -> None:
        self.status, self.problem = "missing" if error.status in _NO_RUN else "failed", error.text

    def _not_compared(self, error: ErrorView, _payload: Payload) -> None:
        words = (
            _GONE if error.status in _NO_RUN else t("The other run could not be read. {why}", why=error.text)
        )
        self.other, self.other_problem = "", words

    @action("runs.read", live=False, refused=_not_read)
    async def open(self) -> None:
        """Read the run of the address."""
        await self._send(record=with_words(await self._read(), site_words()))
        self.status, self.problem = "shown", ""

    @action("runs.compare", live=False, refused=_not_compared)
    async def open_other(self) -> None:
        """Compare it with the run that the address names, too."""
        await self._compare(self.router.url.query_parameters.get("with", ""))

    @action("runs.compare", live=False, refused=_not_compared)
    async def compare_with(self, other: CompareDTO) -> EventSpec:
        """Compare it with another run, or with none; the address then names both, and the place where one chose."""
        await self._compare(other.run)
        named = f"?with={other.run}" if other.run else ""
        # Without a place, a new address begins at the top of its page: the choice would be out of sight.
        return rx.redirect(f"{self.router.url.path}{named}#{COMPARED}", replace=True)

    async def _compare(self, run: str) -> None:
        if run:
            await self._send(comparison=compared(await self._read(), await read_run(run), site_words()))
        self.other, self.other_problem = run, ""

    async def _read(self) -> Record:
        return await read_run(self.router.url.path.partition(_PATH)[2].strip("/"))

    async def _send(self, **channels: Record) -> None:
        await part(Push).send(self.router.session.session_id, type(self), **channels)


async def read_run(run: str) -> Record:
    """A recorded run; `NotFound` for any other name."""
    if not _RUN.fullmatch(run):
        raise NotFound(t("There is no recorded run with that name."))
    return await services().burst.read_run(run)
