"""The decorator of every handler that a browser may call: parses, traces, counts, and turns errors into words."""

import inspect
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeAlias

import reflex as rx
from opentelemetry import trace
from pydantic import create_model
from reflex.event import EventHandler

from portfolio_app.app.caller import NETWORK, Caller
from portfolio_app.app.ports.limiter import Rate
from portfolio_app.app.ports.trace import Target, source
from portfolio_app.http.transport.caller import (
    NETWORK_HEADER,
    SESSION_HEADER,
    caller_of,
    current_request_id,
    headers_of,
)
from portfolio_app.http.transport.errors import ErrorView, explain
from portfolio_app.http.transport.frames.events import PACED
from portfolio_app.http.transport.parsing import FIELDS, Form, Request, parse
from portfolio_app.http.transport.runtime import Runtime, current, services
from portfolio_app.http.transport.tracing import event_answered, request_span

_log = logging.getLogger(__name__)
OK: Final = 200
UNAVAILABLE: Final = 503
_FORM: Final = "form"
NAME: Final = "__request__"
"""Attribute of a handler: what its requests are called."""
TRACED: Final = "__traced__"
"""Attribute of a handler: whether the spans of its requests are recorded."""
_VISITORS_OF_A_NETWORK: Final = 12
"""A household or an office may do as much together as this many visitors."""

_unavailable: Final[ContextVar[list[str] | None]] = ContextVar("unavailable", default=None)

Payload: TypeAlias = Mapping[str, Any]
"""Arguments as the client sent them, unparsed."""
Refused: TypeAlias = Callable[[Any, ErrorView, Payload], None]
"""Shows an error: called with the state, the error, and the payload that led to it."""


class HandlerExited(Exception):
    """A handler raised SystemExit, as `argparse` does; to the framework it would be the end of the process."""


def show_problem(state: rx.State, error: ErrorView, _payload: Payload) -> None:
    """Put the error's text into the state's `problem`."""
    state.problem = error.text


def ignore(_state: rx.State, _error: ErrorView, _payload: Payload) -> None:
    """Show nothing: the page is as good without the answer."""


@contextmanager
def unavailable() -> Iterator[list[str]]:
    """Collect the names of the requests in this block that met a database that was away, or too busy."""
    names: list[str] = []
    before = _unavailable.set(names)
    try:
        yield names
    finally:
        _unavailable.reset(before)


def action(
    name: str,
    *,
    live: bool | Callable[[Any], bool] = True,
    kept: bool = False,
    target: str = Target.REQUEST,
    refused: Refused = show_problem,
    rate: Rate | None = None,
    paced: bool = False,
) -> Callable[[Callable[..., Any]], EventHandler]:
    """Make a method the handler of request `name`; it takes one `Request`, the fields of one, or nothing.

    The browser may send these fields and nothing else, or the fields of one form for a `Form`. An error,
    that of a request which can't be parsed included, goes to `refused`; by default it is the state's `problem`,
    which is emptied before each run. A method that yields sends what it has changed so far.

    `live` puts the request into the session's live feed, as `target`, or asks the state whether to; what is read when a
    page loads stays out of it.
    With `kept` its trace, and that of all that runs in the same event, can be opened all the same.
    `rate` is what one visitor may do; all of one network may do twelve times as much. What is `paced` takes turns with
    all of the kind.
    """

    def decorate(method: Callable[..., Any]) -> EventHandler:
        dto, whole = _dto_of(method)
        requests = _Requests(name, source(method.__code__), dto, whole, live, kept, target, refused, rate)
        return _published(method, requests, paced=paced)

    return decorate


@dataclass(frozen=True, slots=True)
class _Requests:
    """The wrapper of one action: what happens around each call of its method."""

    name: str
    code: dict[str, str | int]
    dto: type[Request] | None
    whole: bool
    """The method takes the request as it is, not its fields."""
    live: bool | Callable[[Any], bool]
    kept: bool
    target: str
    refused: Refused
    rate: Rate | None

    @property
    def arguments(self) -> list[str]:
        """Names of what a browser may send."""
        if self.dto is None:
            return []
        return [_FORM] if issubclass(self.dto, Form) else list(self.dto.model_fields)

    async def admitted(self, state: rx.State, payload: Payload) -> tuple[object, ...]:
        """The method's arguments.

        Raises `InvalidValue`, `RateLimited`, and `SessionEnded` for an event of nobody.
        """
        caller, parsed = caller_of(state), self._parsed(payload)
        if self.rate is not None:
            await _count(self.rate, caller)
        return parsed

    def _parsed(self, payload: Payload) -> tuple[object, ...]:
        if self.dto is None:
            return ()
        parsed = parse(self.dto, payload.get(_FORM) if issubclass(self.dto, Form) else payload)
        return (parsed,) if self.whole else tuple(getattr(parsed, name) for name in self.arguments)

    @contextmanager
    def boundary(self, state: rx.State, payload: Payload) -> Iterator[None]:
        """The request's span; an error inside becomes its view, and is shown."""
        # The site that runs now: an event that ends after the site has stopped is recorded there all the same.
        started, event, site = time.perf_counter(), trace.get_current_span(), current()
        headers = headers_of(state)
        session_id = headers.get(SESSION_HEADER, "")
        NETWORK.set(headers.get(NETWORK_HEADER, ""))  # an event runs in a context of its own
        live = self.live(state) if callable(self.live) else self.live
        span_of = request_span(
            self.name, session_id, live=live, kept=self.kept, code=self.code, target=self.target
        )
        with span_of as span:
            status = OK
            try:
                if self.refused is show_problem:
                    state.problem = ""
                yield
            except (
                Exception,
                SystemExit,
            ) as error:  # the boundary: nothing may reach the framework, or end the site
                if isinstance(error, SystemExit):
                    error = HandlerExited(f"SystemExit: {error}").with_traceback(error.__traceback__)
                view = explain(error, current_request_id())
                status = view.status
                self.refused(state, view, payload)
                if status == UNAVAILABLE and (names := _unavailable.get()) is not None:
                    names.append(self.name)
            span.set_attribute("pill.status", status)
            self._record(site, event, status, time.perf_counter() - started, live=live)

    def _record(self, site: Runtime, event: trace.Span, status: int, seconds: float, *, live: bool) -> None:
        site.answered += 1
        site.services.metrics.handled(self.name, status, seconds)
        if live:
            _log.info("%s %d in %.1f ms", self.name, status, seconds * 1000)
        if live or self.kept:
            event_answered(event, self.name, status)


async def _count(rate: Rate, caller: Caller) -> None:
    # The visitor's allowance first, so that one guest's refusals can't use up a neighbour's.
    await services().limiter.hit(rate, caller.session_id)
    together = Rate(f"{rate.name}.network", rate.times * _VISITORS_OF_A_NETWORK, rate.seconds)
    await services().limiter.hit(together, caller.network)


def _dto_of(method: Callable[..., Any]) -> tuple[type[Request] | None, bool]:
    """The class of the method's one parameter beside the state, or one made of typed parameters, and which it is."""
    if not (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)):
        raise TypeError(f"{method.__qualname__}: an action is an async def")
    if not inspect.signature(method).parameters:
        raise TypeError(f"{method.__qualname__}: an action is a method, its first parameter self")
    _, *parameters = inspect.signature(method, eval_str=True).parameters.values()
    kinds = [parameter.annotation for parameter in parameters]
    if [_is_request(kind) for kind in kinds] == [True]:
        return kinds[0], True
    plain = all(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in parameters)
    if not plain or inspect.Parameter.empty in kinds or any(map(_is_request, kinds)):
        raise TypeError(
            f"{method.__qualname__}: an action takes one Request, typed fields of one, or nothing"
        )
    fields: dict[str, Any] = {
        parameter.name: (
            parameter.annotation,
            ... if parameter.default is parameter.empty else parameter.default,
        )
        for parameter in parameters
    }
    return (create_model(method.__qualname__, __base__=Request, **fields) if fields else None), False


def _is_request(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Request)


def _published(method: Callable[..., Any], requests: _Requests, *, paced: bool) -> EventHandler:
    """The method behind its boundary, with the request's fields as its signature: what the frame filter allows."""
    inside = inspect.Parameter.POSITIONAL_OR_KEYWORD
    # All optional, so that one that is missing is answered in words, and untyped, so that the framework
    # converts nothing: it logs what it can't convert.
    given = [inspect.Parameter(name, inside, default=None, annotation=Any) for name in requests.arguments]
    signature = inspect.Signature([inspect.Parameter("self", inside), *given])

    def payload_of(state: rx.State, *values: object, **named: object) -> Payload:
        if not values and not named:  # as most reads of a page are called, several for each tab
            return {}
        _, *sent = signature.bind(state, *values, **named).arguments.items()
        return dict(sent)

    @wraps(method)
    async def answer(self: rx.State, *values: object, **named: object) -> Any:  # noqa: ANN401 (events, or none)
        payload = payload_of(self, *values, **named)
        with requests.boundary(self, payload):
            return await method(self, *await requests.admitted(self, payload))

    @wraps(method)
    async def answer_in_parts(self: rx.State, *values: object, **named: object) -> AsyncIterator[Any]:
        payload = payload_of(self, *values, **named)
        with requests.boundary(self, payload):
            async for events in method(self, *await requests.admitted(self, payload)):
                yield events

    handler: Any = answer_in_parts if inspect.isasyncgenfunction(method) else answer
    handler.__signature__ = signature
    handler.__annotations__ = dict.fromkeys(requests.arguments, Any)
    setattr(handler, PACED, paced)
    setattr(handler, NAME, requests.name)
    setattr(handler, FIELDS, requests.dto)
    setattr(handler, TRACED, requests.live is not False or requests.kept)
    # Reflex makes the event handler of it when the state's class is made.
    published: EventHandler = handler
    return published
