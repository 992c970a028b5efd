"""Lines between two parts of the site that fall silent, break, or vanish in the middle of a transaction."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

Stream: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial: TypeAlias = Callable[[], Awaitable[Stream]]

_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: a close discards what was not sent and resets the connection."""


class Link:
    """A TCP proxy: listens on a port of its own, and forwards each connection to what `dial` reaches.

    While silent it holds back every byte, both ways, and answers no new connection. While cut it resets all of them.
    """

    def __init__(self, dial: Dial) -> None:
        self.port = 0
        self.connections = 0
        """Made so far."""
        self._dial = dial
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_cut = False
        self._markers: tuple[bytes, ...] = ()
        self._vanished = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def listen(self) -> None:
        """Take connections from now on."""
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = int(self._listener.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """End for good."""
        if self._listener is not None:
            self._listener.close()
        self.cut()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def silence(self) -> None:
        """Let no byte through any more."""
        self._flows.clear()

    def cut(self) -> None:
        """Break what is open, and let nobody connect."""
        self._is_cut = True
        self.reset()

    def reset(self) -> None:
        """Break what is open."""
        for writer in self._open:
            reset(writer)

    def mend(self, *, reset: bool = False) -> None:
        """Let everything through again: what was held back as well, unless its connection is `reset`."""
        self._markers = ()
        if reset:
            self.reset()
        self._is_cut = False
        self._flows.set()

    async def vanish_after(self, *markers: bytes) -> None:
        """Fall silent right after all `markers`, in this order, went to the far end on one connection.

        Returns when that has happened.
        """
        self._vanished.clear()
        self._markers = markers
        await self._vanished.wait()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self._open.add(writer)
        try:
            if self._is_cut:
                return
            await self._flows.wait()
            with contextlib.suppress(OSError):
                await self._connect(reader, writer)
        except asyncio.CancelledError:
            pass  # closing: asyncio's server would report it
        finally:
            self._open.discard(writer)
            self._serving.discard(task)
            reset(writer)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await self._dial()
        self.connections += 1
        self._open.add(far_writer)
        pumps = [
            asyncio.create_task(self._pump(reader, far_writer, outward=True)),
            asyncio.create_task(self._pump(far_reader, writer, outward=False)),
        ]
        try:
            # An end is passed on, and the other direction goes on; a reset breaks both.
            for ended in asyncio.as_completed(pumps):
                await ended
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._open.discard(far_writer)
            reset(far_writer)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, outward: bool) -> None:
        awaited, left = self._markers, [*self._markers]
        while data := await source.read(_CHUNK):
            await self._flows.wait()
            sink.write(data)
            await sink.drain()
            if awaited is not self._markers:
                awaited, left = self._markers, [*self._markers]
            if outward and left and left[0] in data:
                left.pop(0)
                if not left:
                    self._vanish()
        await self._flows.wait()
        sink.write_eof()

    def _vanish(self) -> None:
        self._markers = ()
        self.silence()
        self._vanished.set()


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection, so that the other side hears of a reset instead of an end."""
    end = writer.get_extra_info("socket")
    if not writer.is_closing():
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()


@asynccontextmanager
async def link_to(dial: Dial) -> AsyncIterator[Link]:
    """A whole line, until the block ends."""
    link = Link(dial)
    await link.listen()
    try:
        yield link
    finally:
        await link.close()


def tcp(port: int) -> Dial:
    """To a port of this machine."""
    return lambda: asyncio.open_connection("127.0.0.1", port)


def unix(path: str) -> Dial:
    """To a socket in the file system."""
    return lambda: asyncio.open_unix_connection(path)
