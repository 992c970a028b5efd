"""The state of the live log in a tab: where it is followed, its command for a terminal, and the trace that is open."""

from typing import Final

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from portfolio_app.http.log.trace_views import TraceView, trace_view
from portfolio_app.http.log.views import LogRowView, NetworkRowView, log_row_view, network_row_view
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.action import Payload, action, ignore
from portfolio_app.http.transport.caller import caller_of, sid_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Request, kept_text
from portfolio_app.http.transport.push import Push, session_topic
from portfolio_app.http.transport.runtime import part, services


class LogState(rx.State):
    """The newest rows at the time the tab opened; later ones come through `LogFeed`."""

    window: rx.Field[list[LogRowView]] = rx.field(default_factory=list)
    requests: rx.Field[list[NetworkRowView]] = rx.field(default_factory=list)

    @action("log.follow", live=False, refused=ignore)
    async def follow(self) -> None:
        """Listen to the session's topic, then read the recent rows."""
        session_id = caller_of(self).session_id
        await part(Push).join(sid_of(self), session_topic(session_id))
        recent = services().live_feed.recent(session_id)
        self.window = [log_row_view(row) for row in recent.rows]
        self.requests = [network_row_view(row) for row in recent.network]


_ID_LENGTH: Final = 32
COMMAND_FIELD: Final = "stream_command"
"""The id of the input on the page that the command is put into."""


class StreamState(rx.State):
    """Why there is no command, if there is none. The command itself holds a key, so no state keeps it."""

    problem: rx.Field[str] = rx.field("")

    @action("stream.key")
    async def reveal(self) -> list[EventSpec]:
        """Put a command with a fresh key into the page's field; the key is good for ten minutes."""
        key = await runtime.services().issue_stream_key(caller_of(self))
        return [rx.set_value(COMMAND_FIELD, stream_command(self._origin(), key))]

    def _origin(self) -> str:
        # The middleware let this very origin open the websocket; one that sent none sees the first allowed.
        return self.router.headers.origin or min(runtime.options().allowed_origins)


def stream_command(origin: str, key: str) -> str:
    """The command that follows the live log in a terminal."""
    return f"curl -N -H 'Authorization: Bearer {key}' '{origin}/api/stream'"


class TraceDTO(Request):
    """The request whose trace a visitor wants to see."""

    request_id: str = Field(pattern="^[0-9a-f]{32}$")


class TraceState(rx.State):
    """`answered` is the request that `trace` or `problem` is about; neither means that it is not kept any more."""

    answered: rx.Field[str] = rx.field("")
    trace: rx.Field[TraceView | None] = rx.field(None)
    problem: rx.Field[str] = rx.field("")

    def _not_read(self, error: ErrorView, payload: Payload) -> None:
        self.answered = kept_text(payload.get("request_id"), _ID_LENGTH)
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
