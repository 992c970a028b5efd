"""Errors as JSON."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from portfolio_app.app.errors import NotFound
from portfolio_app.http.transport.caller import caller_from_scope
from portfolio_app.http.transport.errors import ErrorView, explain


def json_error(view: ErrorView, **more: str) -> Response:
    """The body every failing endpoint of `/api` answers with; `more` stands beside the error."""
    error = {"text": view.text, "field": view.field, "request_id": view.request_id}
    headers = {"retry-after": str(view.retry_after)} if view.retry_after else {}
    shown = {name: value for name, value in error.items() if value is not None}
    return JSONResponse({"error": shown, **more}, view.status, {"cache-control": "no-store", **headers})


async def unknown_endpoint(request: Request) -> Response:
    """404 for whatever else is asked of `/api`."""
    error = NotFound("There is no such endpoint.")
    return json_error(explain(error, caller_from_scope(request.scope).request_id))


def wrong_method(allowed: Iterable[str]) -> Response:
    """405, and what is allowed."""
    return PlainTextResponse("Method Not Allowed", 405, {"allow": ", ".join(sorted(allowed))})
