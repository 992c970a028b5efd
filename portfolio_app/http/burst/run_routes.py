"""Recorded runs, for anybody: as JSON, and as one page that stands by itself."""

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from portfolio_app.app.burst.worded import with_words
from portfolio_app.app.ports.runs import Record
from portfolio_app.http.burst.run_document import run_page
from portfolio_app.http.burst.state import read_run
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import caller_from_scope
from portfolio_app.http.transport.errors import explain, json_error

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
    record = await _record(request)
    if isinstance(record, Response):
        return record
    return JSONResponse(with_words(record), headers=_UNCHANGING | _as_file(request, record, "json"))


async def download_page(request: Request) -> Response:
    """The record as a page; with `?download` as a file."""
    record = await _record(request)
    if isinstance(record, Response):
        return record
    return HTMLResponse(run_page(record), headers=_UNCHANGING | _as_file(request, record, "html"))


async def _record(request: Request) -> Record | Response:
    try:
        return await read_run(request.path_params["run"])
    except Exception as error:  # the boundary: nothing may reach the framework
        return json_error(explain(error, caller_from_scope(request.scope).request_id))


def _as_file(request: Request, record: Record, extension: str) -> dict[str, str]:
    if "download" not in request.query_params:
        return {}
    return {"content-disposition": f'attachment; filename="run-{record["run"]}.{extension}"'}
