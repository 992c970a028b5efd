"""A load burst: start it, report what came of its requests, get the receipt, or give it up; and recorded runs, for
anybody: as JSON, and as one page that stands by itself."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import wraps
from typing import Annotated, Any, Final

from pydantic import FailFast, Field
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.burst.finish import FinishCommand
from portfolio_app.app.burst.start import LIFETIME, StartCommand
from portfolio_app.app.burst.worded import with_words
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import RunUnderWay
from portfolio_app.app.ports.language import ENGLISH
from portfolio_app.app.ports.live_feed import Trace
from portfolio_app.app.ports.runs import Record
from portfolio_app.domain.burst.ledger import Answer, Cause
from portfolio_app.domain.burst.plan import Pace
from portfolio_app.http.burst.load import load_routes, ticket_of
from portfolio_app.http.burst.run_document import run_page
from portfolio_app.http.burst.state import read_run
from portfolio_app.http.log import trace_view
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import caller_from_scope, visitor_of
from portfolio_app.http.transport.errors import explain, json_error
from portfolio_app.http.transport.headers import set_cookie
from portfolio_app.http.transport.middleware.guard import MAX_BODY
from portfolio_app.http.transport.parsing import Request, parse_json
from portfolio_app.words import site_words

_NOT_STORED: Final = {"cache-control": "no-store"}
MOST_ANSWERS: Final = 500
_AN_HOUR_US: Final = 3_600_000_000

Microseconds = Annotated[int, Field(ge=0, le=_AN_HOUR_US)]
RequestId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Status = Annotated[int, Field(ge=0, le=599)]
Flag = Annotated[int, Field(ge=0, le=1)]
Number = Annotated[int, Field(ge=0, le=9_999)]
Length = Annotated[int, Field(ge=0, le=1_000_000)]
ShortFields = tuple[Number, RequestId | None, Status, Microseconds, Microseconds, Flag]
"""Number, request id, status, start and duration in µs, pushed: what a script of an earlier release reports."""
AnswerFields = tuple[
    Number, RequestId | None, Status, Microseconds, Microseconds, Flag,
    Cause, Microseconds, Length, Microseconds | None, Microseconds | None,
]  # fmt: skip
"""The same with why there is no answer, how late it was sent, the bytes of its body, the time in queue and server."""

Endpoint = Callable[[HttpRequest], Awaitable[Response]]


class StartDTO(Request):
    """The burst a visitor wants; the domain holds the ranges."""

    size: int = Field(ge=0, le=10**6)
    workers: int = Field(ge=0, le=10**6)
    mode: str = Field(max_length=16)


class AnswersDTO(Request):
    """Requests as their sender saw them end."""

    max_body = MAX_BODY
    answers: Annotated[list[AnswerFields | ShortFields], FailFast()] = Field(max_length=MOST_ANSWERS)

    def taken(self) -> list[Answer]:
        """The answers as the ledger keeps them."""
        return [
            Answer(*fields[:5], fields[5] == 1, *fields[6:])
            if len(fields) > 6
            else Answer(*fields[:5], fields[5] == 1)
            for fields in self.answers
        ]


class FinishDTO(Request):
    """The end of a run, as its sender reports it."""

    sent: int = Field(ge=0, le=10**6)
    cancelled: bool
    rate: int = Field(ge=0, le=10**6, default=0)
    """Requests a second of an open loop, 0 for a closed one."""
    skipped: int = Field(ge=0, le=10**6, default=0)
    rising: bool = False
    """Whether it rose to its rate."""

    def command(self) -> FinishCommand:
        """The report as the use case takes it."""
        pace = Pace(self.rate, self.skipped, self.rising) if self.rate else None
        return FinishCommand(self.sent, self.cancelled, pace)


class NothingDTO(Request):
    """The address says it all."""


def burst_routes() -> list[BaseRoute]:
    """Every endpoint under `/api/burst`, the busiest first."""
    return [
        *load_routes(),
        Route("/api/burst/runs/{run}/answers", take_answers, methods=["POST"]),
        Route("/api/burst/runs/{run}/finish", finish, methods=["POST"]),
        Route("/api/burst/runs/{run}/abandon", give_up, methods=["POST"]),
        Route("/api/burst/runs/{run}/stall", stall, methods=["POST"]),
        Route("/api/burst/runs", start, methods=["POST"]),
    ]


def _answering(endpoint: Callable[[HttpRequest, Caller, Burst], Awaitable[Response]]) -> Endpoint:
    """The endpoint, its errors answered as JSON."""

    @wraps(endpoint)
    async def answer(request: HttpRequest) -> Response:
        caller = caller_from_scope(request.scope)
        try:
            return await endpoint(request, caller, runtime.services().burst)
        except Exception as error:  # the boundary: nothing may reach the framework
            more = {"run": error.run} if isinstance(error, RunUnderWay) else {}
            return json_error(explain(error, caller.request_id), **more)

    return answer


@_answering
async def start(request: HttpRequest, caller: Caller, burst: Burst) -> Response:
    """A run and its ticket; 429 while the session has another."""
    wanted = parse_json(StartDTO, await request.body())
    started = await burst.start(caller, StartCommand(wanted.size, wanted.workers, wanted.mode))
    visitor = visitor_of(request.scope)
    cookie = {"set-cookie": set_cookie(visitor.secret)} if visitor.is_new else {}
    plan = started.run.plan
    body = {
        "run": started.run.id,
        "ticket": started.secret,
        "size": plan.size.value,
        "workers": plan.workers.value,
        "mode": plan.mode.value,
        "expires_in_s": int(LIFETIME.total_seconds()),
    }
    return JSONResponse(body, 201, _NOT_STORED | cookie)


@_answering
async def take_answers(request: HttpRequest, caller: Caller, burst: Burst) -> Response:
    """Take the sender's reports of up to 500 requests."""
    given = parse_json(AnswersDTO, await request.body())
    await burst.take_answers(caller, request.path_params["run"], ticket_of(request), given.taken())
    return Response(status_code=204, headers=_NOT_STORED)


@_answering
async def finish(request: HttpRequest, caller: Caller, burst: Burst) -> Response:
    """The receipt, with its words."""
    given = parse_json(FinishDTO, await request.body())
    run, ticket = request.path_params["run"], ticket_of(request)
    record = await burst.finish(caller, run, ticket, given.command(), _drawn)
    return JSONResponse(with_words(record, site_words()), headers=_NOT_STORED)


@_answering
async def give_up(request: HttpRequest, caller: Caller, burst: Burst) -> Response:
    """Give a run up; the answer is empty, for its sender is about to be gone."""
    parse_json(NothingDTO, await request.body())
    await burst.give_up(caller, request.path_params["run"], ticket_of(request))
    return Response(status_code=204, headers=_NOT_STORED)


@_answering
async def stall(request: HttpRequest, caller: Caller, burst: Burst) -> Response:
    """Have the next requests of the caller's own run, and no others, wait for a moment; the answer is empty."""
    parse_json(NothingDTO, await request.body())
    await burst.stall(caller, request.path_params["run"], ticket_of(request))
    return Response(status_code=204, headers=_NOT_STORED)


def _drawn(trace: Trace) -> dict[str, Any]:
    # Through JSON once, so that what is answered now and what is read from the record later are alike; and in the
    # language of records, which are worded when they are read.
    drawn: dict[str, Any] = json.loads(json.dumps(asdict(trace_view(trace, language=ENGLISH))))
    return drawn


_UNCHANGING: Final = {"cache-control": "public, max-age=60"}
"""A record never changes, but it is deleted some day."""


async def list_runs(request: HttpRequest) -> Response:
    """Summaries of the newest runs."""
    try:
        runs = await runtime.services().burst.recent_runs()
    except Exception as error:  # the boundary: nothing may reach the framework
        return json_error(explain(error, caller_from_scope(request.scope).request_id))
    return JSONResponse({"runs": runs}, headers={"cache-control": "no-store"})


async def download_record(request: HttpRequest) -> Response:
    """The record and its words; with `?download` as a file."""
    record = await _record(request)
    if isinstance(record, Response):
        return record
    return JSONResponse(
        with_words(record, site_words()), headers=_UNCHANGING | _as_file(request, record, "json")
    )


async def download_page(request: HttpRequest) -> Response:
    """The record as a page; with `?download` as a file."""
    record = await _record(request)
    if isinstance(record, Response):
        return record
    return HTMLResponse(run_page(record), headers=_UNCHANGING | _as_file(request, record, "html"))


async def _record(request: HttpRequest) -> Record | Response:
    try:
        return await read_run(request.path_params["run"])
    except Exception as error:  # the boundary: nothing may reach the framework
        return json_error(explain(error, caller_from_scope(request.scope).request_id))


def _as_file(request: HttpRequest, record: Record, extension: str) -> dict[str, str]:
    if "download" not in request.query_params:
        return {}
    return {"content-disposition": f'attachment; filename="run-{record["run"]}.{extension}"'}
