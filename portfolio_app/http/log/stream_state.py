"""The command with which a terminal follows the visitor's session."""

from typing import Final

import reflex as rx
from reflex.event import EventSpec

from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.action import action
from portfolio_app.http.transport.caller import caller_of

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
    """What to paste into a terminal."""
    return f"curl -N '{origin}/api/stream?key={key}'"
