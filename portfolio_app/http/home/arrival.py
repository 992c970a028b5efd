"""The first waterfall of the front page: the visitor's arrival, then each message they send."""

from dataclasses import asdict
from typing import Any, Final

import reflex as rx
from pydantic import Field

from portfolio_app.app.ports.trace import LIVE, SESSION
from portfolio_app.http.home.arrival_views import CODE, ClocksDTO, arrival_view, named
from portfolio_app.http.home.second_tab import public_address
from portfolio_app.http.kit.scripts import handler_name, hook_view, script_names
from portfolio_app.http.log import LogFeed, TraceView, trace_view
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.arrivals import Answered
from portfolio_app.http.transport.caller import caller_of, current_request_id
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import current, part, services
from portfolio_app.http.transport.tracing import answer_labels

_SCRIPT: Final = "$/public/js/first_trace.js"


class MessageTraceDTO(Request):
    """The request of a message that the visitor has sent."""

    request_id: str = Field(pattern="^[0-9a-f]{32}$")


class FirstTraceFeed(rx.State):
    """A channel for the waterfall of one tab; no state holds it."""

    trace: rx.Field[TraceView | None] = rx.field(None)


def _has_arrived(state: rx.State) -> bool:
    """Whether the tab's page was loaded, and not opened inside of another one."""
    return current().arrivals.has_arrived(state.router.session.client_token)


class FirstTraceState(rx.State):
    """`opened` is the request in which this tab's page was read, `address` where other machines find the site."""

    opened: rx.Field[str] = rx.field("")
    address: rx.Field[str] = rx.field("")

    @action("page.open", live=_has_arrived, kept=True, refused=ignore)
    async def begin(self) -> None:
        """Let the session open the trace of this page's reads; they and what led to them are its log's first rows."""
        self.opened, self.address = current_request_id(), public_address()
        session_id, token = caller_of(self).session_id, self.router.session.client_token
        for answered in current().arrivals.take(session_id, token):
            _record(answered)

    @action("arrival.show", live=False, refused=ignore)
    async def show_arrival(self, clocks: ClocksDTO) -> None:
        """Send this tab its arrival: the browser's clocks beside what the server did for the same page."""
        session_id, arrivals = caller_of(self).session_id, current().arrivals
        document = arrivals.document(session_id, clocks.document)
        handshake = arrivals.handshake(session_id, self.router.session.client_token)
        reads = services().live_feed.trace(session_id, clocks.opened)
        await self._send(arrival_view(clocks, document, handshake, reads))

    @action("arrival.message", live=False, refused=ignore)
    async def show_message(self, wanted: MessageTraceDTO) -> None:
        """Send this tab the way of a message of its session, as far as it has come."""
        found = services().live_feed.trace(caller_of(self).session_id, wanted.request_id)
        await self._send(trace_view(found, code=False) if found else None)

    async def _send(self, view: TraceView | None) -> None:
        if view is not None:
            await part(Push).send(self.router.session.session_id, FirstTraceFeed, trace=asdict(view))


def _record(answered: Answered) -> None:
    """Put an answer into the live feed of its session."""
    row = answer_labels("GET", answered.path, answered.status, answered.size)
    marks = row | CODE[answered.is_handshake] | {SESSION: answered.session_id, LIVE: True}
    ids, times = (answered.request_id,), (answered.start_ns, answered.end_ns)
    services().live_feed.record_late(named(answered), ids, *times, marks)


def first_trace(field: str, var_type: Any) -> Any:  # noqa: ANN401 (a Var of that type)
    """`trace`, which is null before there is one, or `about`: `nothing`, `arrival` or `message`."""
    names = script_names(
        state=FirstTraceState.get_full_name(),
        feed=FirstTraceFeed.get_full_name(),
        log=LogFeed.get_full_name(),
        arrival=handler_name(FirstTraceState.show_arrival),
        message=handler_name(FirstTraceState.show_message),
    )
    return hook_view(_SCRIPT, "useFirstTrace", f"first_{field}", f'{names}, "{field}"', var_type)
