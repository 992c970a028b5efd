"""The requests of a burst."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.caller import Caller
from portfolio_app.domain.burst.plan import Mode
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import caller_from_scope
from portfolio_app.http.transport.errors import explain, json_error
from portfolio_app.http.transport.headers import header
from portfolio_app.words import t

TICKET_HEADER: Final = "x-burst-ticket"
_TICKET: Final = TICKET_HEADER.encode()
_TYPE: Final = (b"content-type", b"application/json")
_NOT_STORED: Final = (b"cache-control", b"no-store")
_LONGEST_N: Final = 4

Ticket = str | None
"""The value of the ticket's header, None without one."""
Touch = Callable[[Burst, Caller, Ticket, int], Awaitable[object]]


def load_routes() -> list[BaseRoute]:
    """One for each mode, the busiest first."""
    return [
        Route("/api/burst/noop", Load(_noop), methods=["GET"]),
        Route("/api/burst/read", Load(_read), methods=["GET"]),
        Route("/api/burst/write", Load(_write), methods=["POST"]),
    ]


class Load:
    """Touches what its mode says, and answers with the request's number.

    A run has thousands of these, so that a good one makes no request and no response of Starlette's.
    """

    def __init__(self, touch: Touch) -> None:
        self._touch = touch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller, begun = caller_from_scope(scope), time.perf_counter()
        try:
            n = number_of(scope["query_string"])
            await self._touch(runtime.services().burst, caller, header(scope, _TICKET), n)
        except Exception as error:  # the boundary: nothing may reach the framework
            await json_error(explain(error, caller.request_id))(scope, receive, send)
            return
        body = b'{"n":%d}' % n
        length = (b"content-length", b"%d" % len(body))
        # So that its sender can take a request's time apart: here, on the way, and in its own queue.
        took = (b"server-timing", b"app;dur=%.3f" % (1_000 * (time.perf_counter() - begun)))
        headers = (_TYPE, length, _NOT_STORED, took)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def number_of(query: bytes) -> int:
    """The `n` of a request of a burst, which is the whole query; `InvalidValue` for anything else."""
    name, _, value = query.partition(b"=")
    if name != b"n" or not value.isdigit() or len(value) > _LONGEST_N:
        raise InvalidValue("n", t("A request of a burst has a number."))
    return int(value)


def ticket_of(request: Request) -> Ticket:
    """The ticket that opens the run."""
    return request.headers.get(TICKET_HEADER)


async def _noop(burst: Burst, caller: Caller, ticket: Ticket, n: int) -> None:
    await burst.record(caller, ticket, Mode.NOOP, n)


async def _read(burst: Burst, caller: Caller, ticket: Ticket, n: int) -> None:
    await burst.read(caller, ticket, n)


async def _write(burst: Burst, caller: Caller, ticket: Ticket, n: int) -> None:
    await burst.write(caller, ticket, n)
