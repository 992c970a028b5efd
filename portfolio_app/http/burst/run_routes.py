"""Recorded runs, for anybody: as JSON, and as one page that stands by itself."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from portfolio_app.app.burst.worded import compared, with_words
from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.runs import Record
from portfolio_app.http.burst.run_document import run_page
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.answers import json_error
from portfolio_app.http.transport.caller import caller_from_scope
from portfolio_app.http.transport.errors import explain

_RUN: Final = re.compile(r"[0-9a-f]{16}")
_UNCHANGING: Final = {"cache-control": "public, max-age=60"}
"""A record never changes, but it is deleted some day."""


async def list_runs(request: Request) -> Response:
    """Summaries of the newest runs."""
    try:
        runs = await runtime.services().burst.recent_runs()
    except Exception as error:  # the boundary: nothing may reach the framework
        return json_error(explain(error, caller_from_scope(request.scope).request_id))
    return JSONResponse({"runs": runs}, headers={"cache-control": "no-store"})


async def download_record(request: Request) -> Response:
    """The record and its words; with `?download` as a file."""
    record = await _record(request, "run")
    if isinstance(record, Response):
        return record
    return JSONResponse(with_words(record), headers=_UNCHANGING | _as_file(request, record, "json"))


async def download_page(request: Request) -> Response:
    """The record as a page; with `?download` as a file."""
    record = await _record(request, "run")
    if isinstance(record, Response):
        return record
    return HTMLResponse(run_page(record), headers=_UNCHANGING | _as_file(request, record, "html"))


async def compare(request: Request) -> Response:
    """Two runs, figure by figure."""
    first, second = await _record(request, "run"), await _record(request, "other")
    if isinstance(first, Response):
        return first
    if isinstance(second, Response):
        return second
    return JSONResponse(compared(first, second), headers=_UNCHANGING)


async def _record(request: Request, parameter: str) -> Record | Response:
    run = request.path_params[parameter]
    try:
        if not _RUN.fullmatch(run):
            raise NotFound("There is no recorded run with that name.")
        return await runtime.services().burst.read_run(run)
    except Exception as error:  # the boundary: nothing may reach the framework
        return json_error(explain(error, caller_from_scope(request.scope).request_id))


def _as_file(request: Request, record: Record, extension: str) -> dict[str, str]:
    if "download" not in request.query_params:
        return {}
    return {"content-disposition": f'attachment; filename="run-{record["run"]}.{extension}"'}
