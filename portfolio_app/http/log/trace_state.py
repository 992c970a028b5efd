"""The waterfall that a tab has open."""

from functools import partial
from typing import Any

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.live_feed import Trace
from portfolio_app.http.log.dto import TraceDTO
from portfolio_app.http.log.trace_views import TraceView, trace_view
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.runtime import services


class TraceState(rx.State):
    """`answered` is the request that `trace` or `problem` is about; neither means that it is not kept any more."""

    answered: rx.Field[str] = rx.field("")
    trace: rx.Field[TraceView | None] = rx.field(None)
    problem: rx.Field[str] = rx.field("")

    @rx.event
    async def open(self, request_id: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """Read a trace of the visitor's own session."""
        found = await attempt(self, "trace.open", partial(_read, request_id), live=False)
        self.answered = request_id if isinstance(request_id, str) else ""
        self.problem = found.text if isinstance(found, ErrorView) else ""
        self.trace = trace_view(found) if isinstance(found, Trace) else None

    @rx.event
    def close(self) -> None:
        """Forget what was shown."""
        self.answered, self.trace, self.problem = "", None, ""


async def _read(request_id: object, caller: Caller) -> Trace | None:
    dto = parse(TraceDTO, {"request_id": request_id})
    return services().live_feed.trace(caller.session_id, dto.request_id)
