"""A port of a worker's own: where several share one address, a scrape there meets whichever takes the connection."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

_log = logging.getLogger(__name__)
RETRY_S: Final = 1.0
"""Seconds until the ports are tried again: a killed worker may not be gone yet when the next one starts."""
MOST_CONNECTIONS: Final = 16
LONGEST_S: Final = 10.0
"""Seconds of a connection, whatever it sends or does not send: a scrape takes milliseconds."""


@asynccontextmanager
async def own_port(app: ASGIApp, host: str, ports: Sequence[int]) -> AsyncIterator[None]:
    """Serve `app` on the first of `ports` that no other worker has, in the background; without any, not at all."""
    if not ports:
        yield
        return
    task = asyncio.create_task(_serve(app, host, ports), name="metrics port")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _serve(app: ASGIApp, host: str, ports: Sequence[int]) -> None:
    while (claimed := _claim(host, ports)) is None:
        _log.warning("none of the ports %d to %d is free for the metrics of this worker", ports[0], ports[-1])
        await asyncio.sleep(RETRY_S)
    configuration = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, proxy_headers=False, server_header=False
    )
    configuration.limit_concurrency = MOST_CONNECTIONS
    configuration.load()
    state = ServerState()
    # Without uvicorn's own server, which would take the signals that are meant for the one of the site.
    protocol = partial(_Connection, config=configuration, server_state=state, app_state={})
    server = await asyncio.get_running_loop().create_server(protocol, sock=claimed)
    try:
        await server.serve_forever()
    finally:
        for connection in tuple(state.connections):
            connection.shutdown()


class _Connection(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._overdue = self.loop.call_later(LONGEST_S, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._overdue.cancel()
        super().connection_lost(exc)


def _claim(host: str, ports: Sequence[int]) -> socket.socket | None:
    for port in ports:
        with suppress(OSError):
            return _listening(host, port)
    return None


def _listening(host: str, port: int) -> socket.socket:
    # The same of several addresses that the launcher has tried.
    family, kind, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    tried = socket.socket(family, kind)
    try:
        # Not SO_REUSEPORT: two workers would share the port.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(address)
        tried.listen(MOST_CONNECTIONS)
    except OSError:
        tried.close()
        raise
    return tried
