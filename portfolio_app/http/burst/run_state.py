"""The run that an address names, and the one it is compared with."""

import re
from functools import partial
from typing import Any, Final

import reflex as rx

from portfolio_app.app.burst.worded import compared, with_words
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.runs import Record
from portfolio_app.http.burst.dto import CompareDTO
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services

_RUN: Final = re.compile(r"[0-9a-f]{16}")
_PATH: Final = "/runs/"
_NO_RUN: Final = (404, 422)
_GONE: Final = (
    "The run to compare this one with is not recorded here: runs are kept for a while, then they go."
)
_NOTHING: Final[Record] = {"rows": [], "other": {}}


class RunState(rx.State):
    """`status` is loading, shown, missing or failed, the last with a `problem`.

    `record` and `comparison` are channels: they are sent to the tab and not kept here, for a record may list a
    thousand mismatches and ten waterfalls.
    """

    status: rx.Field[str] = rx.field("loading")
    problem: rx.Field[str] = rx.field("")
    record: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    other: rx.Field[str] = rx.field("")
    other_problem: rx.Field[str] = rx.field("")
    comparison: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(_NOTHING))

    @rx.event
    async def open(self) -> None:
        """Read the run of the address, and the one it names to compare it with."""
        found = await attempt(self, "runs.read", self._read, live=False)
        if isinstance(found, ErrorView):
            self.status, self.problem = "missing" if found.status in _NO_RUN else "failed", found.text
            return
        await self._send(record=with_words(found))
        self.status, self.problem = "shown", ""
        await self._compare(self.router.url.query_parameters.get("with", ""))

    @rx.event
    async def compare_with(self, run: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """Compare with another run, or with none."""
        await self._compare(run)

    async def _compare(self, run: object) -> None:
        found = await attempt(self, "runs.compare", partial(self._read_both, run), live=False)
        self.other, self.other_problem = "", ""
        if not isinstance(found, ErrorView):
            self.other = found["other"].get("run", "")
        elif found.status in _NO_RUN:
            self.other_problem = _GONE
        else:
            self.other_problem = f"The other run could not be read. {found.text}"
        await self._send(comparison=_NOTHING if isinstance(found, ErrorView) else found)

    async def _read(self, _: Caller) -> Record:
        return await read_run(self.router.url.path.partition(_PATH)[2].strip("/"))

    async def _read_both(self, run: object, caller: Caller) -> Record:
        dto = parse(CompareDTO, {"run": run})
        if not dto.run:
            return _NOTHING
        return compared(await self._read(caller), await read_run(dto.run))

    async def _send(self, **channels: Record) -> None:
        await part(Push).send(self.router.session.session_id, type(self), **channels)


async def read_run(run: str) -> Record:
    """A recorded run; `NotFound` for any other name."""
    if not _RUN.fullmatch(run):
        raise NotFound("There is no recorded run with that name.")
    return await services().burst.read_run(run)
