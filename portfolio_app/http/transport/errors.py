"""The table from errors of domain and app to user text and HTTP status, and the same as JSON."""

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reflex_base.constants import RouteVar
from reflex_base.event.context import EventContext
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from portfolio_app.app import errors as app
from portfolio_app.app.caller import NETWORK
from portfolio_app.app.errors import NotFound
from portfolio_app.domain import errors as domain
from portfolio_app.http.transport.caller import NETWORK_HEADER, caller_from_scope, current_request_id
from portfolio_app.words import said, t

_log = logging.getLogger(__name__)
PLACES: Final = 6
REPORT_LENGTH: Final = 500


class BodyTooLarge(Exception):
    """A request carries more than the site reads; raised where its body is read."""

    def __str__(self) -> str:
        return t("Too large.")


@dataclass(frozen=True, slots=True)
class ErrorView:
    """An error as a person sees it; `field` is the form field at fault, `retry_after` is in seconds."""

    status: int
    text: str
    request_id: str
    field: str | None = None
    retry_after: int | None = None


Rule = Callable[[Exception, str], str]


def _own_words(error: Exception, _request_id: str) -> str:
    return said(str(error))


def _nobody_listens(_error: Exception, _request_id: str) -> str:
    return t("The request broke off.")


def _nothing_known(_error: Exception, request_id: str) -> str:
    return t("Something went wrong on our side. If it happens again, mention {id}.", id=request_id)


PROOF_NEEDED: Final = 428
"""Precondition required: the one status that says that typing the password again is all it takes."""
ERROR_MAP: Final[Mapping[type[Exception], tuple[int, Rule]]] = {
    domain.InvalidValue: (422, _own_words),
    domain.AlreadyDecided: (409, _own_words),
    domain.NotEditable: (409, _own_words),
    domain.DomainError: (422, _own_words),
    app.NotFound: (404, _own_words),
    app.NotAllowed: (403, _own_words),
    app.SessionEnded: (401, _own_words),
    app.BadCredentials: (401, _own_words),
    app.BadRecoveryCode: (401, _own_words),
    app.BadPasskey: (403, _own_words),
    app.ProofNeeded: (PROOF_NEEDED, _own_words),
    app.AlreadyTaken: (409, _own_words),
    app.TicketRefused: (403, _own_words),
    app.StreamKeyRefused: (403, _own_words),
    app.StreamKeyInAddress: (400, _own_words),
    app.BurstTicketRefused: (403, _own_words),
    app.Conflict: (409, _own_words),
    app.RoomExists: (409, _own_words),
    app.RoomTitleTaken: (409, _own_words),
    app.RoomArchived: (403, _own_words),
    app.WrittenAsAnother: (409, _own_words),
    app.Muted: (403, _own_words),
    app.RateLimited: (429, _own_words),
    app.SlowMode: (429, _own_words),
    app.BurstRefused: (429, _own_words),
    app.RunUnderWay: (429, _own_words),
    app.Unavailable: (503, _own_words),
    app.Busy: (503, _own_words),
    app.NotReady: (503, _own_words),
    app.AppError: (400, _own_words),
    BodyTooLarge: (413, _own_words),
    ClientDisconnect: (400, _nobody_listens),
    Exception: (500, _nothing_known),
}


_watchers: list[Callable[[Exception], None]] = []


def watch(watcher: Callable[[Exception], None]) -> None:
    """Call `watcher` with every unforeseen error, whole; for development, where nobody's words are in it."""
    _watchers.append(watcher)


def explain(error: Exception, request_id: str) -> ErrorView:
    """The words of an error for the visitor; one that the table does not know is logged, by type and place alone."""
    status, rule = next(ERROR_MAP[cls] for cls in type(error).__mro__ if cls in ERROR_MAP)
    if status == 500:
        report(error)
    return ErrorView(
        status,
        rule(error, request_id),
        request_id,
        field=error.field if isinstance(error, domain.InvalidValue) else None,
        retry_after=error.retry_after if isinstance(error, app.RateLimited) else None,
    )


def report(exception: Exception) -> None:
    """Log an unforeseen error by type and place; its text may hold what a visitor typed."""
    _log.error(
        "unforeseen %s at %s, request %s", type(exception).__name__, _places(exception), current_request_id()
    )
    for watcher in _watchers:
        watcher(exception)


def report_from_browser(exception: Exception) -> None:
    """Log what a browser says went wrong in it: one line, shortened, in whatever words it chose."""
    text = "".join(ch if ch.isprintable() else " " for ch in str(exception)[:REPORT_LENGTH])
    with suppress(LookupError):  # not in an event
        NETWORK.set(EventContext.get().router_data[RouteVar.HEADERS][NETWORK_HEADER])
    _log.warning("a browser reports: %s", text)


def _places(error: Exception) -> str:
    """The innermost calls, innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


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
