"""A line to the site on which everything gets through but websockets, each hindered as a proxy or a network does it."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Thread

_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: a close discards what was not sent and resets the connection."""
_HEAD_ENDS = b"\r\n\r\n"
WHOLE = ""
WAYS = ("403", "200", "stripped", "reset", "silent", "silent after hello")
"""A status stands for an answer with it; `stripped` is the site's own to a handshake without its upgrade. The others
begin when the upgrade has been answered: a reset, or silence, also after the first frame of the server."""


class Hindered:
    """A proxy in front of `port`; `way` is one of `WAYS`, or `WHOLE`, and may change at any time."""

    def __init__(self, port: int, way: str) -> None:
        self.way = way
        self.port = 0
        self._site = port

    @property
    def url(self) -> str:
        """Where the site is found on this line."""
        return f"http://localhost:{self.port}"

    async def listen(self) -> asyncio.Server:
        """Take connections from now on."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        return server

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            async with _closed(writer):
                head = await reader.readuntil(_HEAD_ENDS)
                way = self.way if b"upgrade: websocket" in head.lower() else WHOLE
                if way.isdecimal():
                    writer.write(
                        f"HTTP/1.1 {way} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
                    )
                    await writer.drain()
                else:
                    await self._forward(
                        without_upgrade(head) if way == "stripped" else head, reader, writer, way
                    )

    async def _forward(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str
    ) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._site)
        async with _closed(far_writer):
            far_writer.write(head)
            if way in (WHOLE, "stripped"):
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
                return
            writer.write(await far_reader.readuntil(_HEAD_ENDS))
            if way.endswith("hello"):
                writer.write(await far_reader.read(_CHUNK))
            await writer.drain()
            if way == "reset":
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()
            while await reader.read(_CHUNK):
                pass


def without_upgrade(head: bytes) -> bytes:
    """A request as a proxy passes it on that knows no websockets."""
    lines = [
        line for line in head.split(b"\r\n") if not line.lower().startswith((b"upgrade:", b"connection:"))
    ]
    return b"\r\n".join((lines[0], b"Connection: close", *lines[1:]))


@asynccontextmanager
async def _closed(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()


@contextmanager
def hindered(port: int, way: str) -> Iterator[Hindered]:
    """The line, until the block ends; in a thread, for a test that drives a browser has no loop of its own."""
    loop, line = asyncio.new_event_loop(), Hindered(port, way)
    thread = Thread(target=loop.run_forever, name="hindered line")
    thread.start()
    server = asyncio.run_coroutine_threadsafe(line.listen(), loop).result()
    try:
        yield line
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
