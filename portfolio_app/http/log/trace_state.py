"""The waterfall that a tab has open."""

import reflex as rx
from pydantic import Field

from portfolio_app.http.log.trace_views import TraceView, trace_view
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.runtime import services


class TraceDTO(Request):
    """The request whose trace a visitor wants to see."""

    request_id: str = Field(pattern="^[0-9a-f]{32}$")


class TraceState(rx.State):
    """`answered` is the request that `trace` or `problem` is about; neither means that it is not kept any more."""

    answered: rx.Field[str] = rx.field("")
    trace: rx.Field[TraceView | None] = rx.field(None)
    problem: rx.Field[str] = rx.field("")

    def _not_read(self, error: ErrorView, payload: Payload) -> None:
        request_id = payload.get("request_id")
        self.answered = request_id if isinstance(request_id, str) else ""
        self.problem, self.trace = error.text, None

    @action("trace.open", live=False, refused=_not_read)
    async def open(self, wanted: TraceDTO) -> None:
        """Read a trace of the visitor's own session."""
        found = services().live_feed.trace(caller_of(self).session_id, wanted.request_id)
        self.answered, self.problem = wanted.request_id, ""
        self.trace = trace_view(found) if found else None

    @rx.event
    def close(self) -> None:
        """Forget what was shown."""
        self.answered, self.trace, self.problem = "", None, ""
