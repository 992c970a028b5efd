"""Flow control of a connection: when more is read from its client, and whether the client has left meanwhile."""

import select
from asyncio import BaseTransport, Transport
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl


def has_left(transport: BaseTransport) -> bool:
    """Ask the system: while nothing is read from a connection, the end of its other side is not reported."""
    line = transport.get_extra_info("socket")
    if transport.is_closing() or line is None or not hasattr(select, "POLLRDHUP"):
        return transport.is_closing()
    asked = select.poll()
    asked.register(line.fileno(), select.POLLRDHUP)
    return bool(asked.poll(0))


class Flow(FlowControl):
    """uvicorn's flow control; asks `on_resume` before more is read: some may have arrived that is not parsed yet."""

    def __init__(self, transport: Transport, on_resume: Callable[[], object]) -> None:
        super().__init__(transport)
        self._on_resume = on_resume

    def resume_reading(self) -> None:
        """A body was taken, or a request answered."""
        self._on_resume()

    def read(self) -> None:
        """Read on."""
        super().resume_reading()

    def end(self) -> None:
        """Call nothing on resume any more: the connection has ended, or is a websocket's."""
        self._on_resume = _ignore


def _ignore() -> None:
    """Do nothing."""
