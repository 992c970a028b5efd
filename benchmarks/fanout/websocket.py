"""A websocket client made to cost almost nothing per frame, so that it isn't what gets measured.

Only what a benchmark against a local server needs: no TLS, no compression, no fragmented messages.
"""

import asyncio
import os
import struct
from base64 import b64encode
from collections.abc import Callable
from typing import cast

OnText = Callable[[bytes], None]
OnLost = Callable[[str], None]

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FIN, MASKED = 0x80, 0x80
NO_MASK = b"\0\0\0\0"


class HandshakeError(ConnectionError):
    """The server answered the upgrade with something else than 101."""


def split_frames(buffer: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Complete (opcode, payload) pairs at the front of `buffer`, and the rest of it.

    Raises `ValueError` on a fragment: no server here sends any.
    """
    frames: list[tuple[int, bytes]] = []
    at, end = 0, len(buffer)
    while end - at >= 2:
        head, size, start = buffer[at], buffer[at + 1], at + 2
        if size == 126:
            if end - at < 4:
                break
            size, start = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
        elif size == 127:
            if end - at < 10:
                break
            size, start = int.from_bytes(buffer[at + 2 : at + 10]), at + 10
        if end - start < size:
            break
        if not head & FIN:
            raise ValueError("fragmented websocket message")
        frames.append((head & 0x0F, buffer[start : start + size]))
        at = start + size
    return frames, buffer[at:]


def frame(opcode: int, payload: bytes) -> bytes:
    """One client frame. The mask is zero: it must be there, and this network has no proxies to protect."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", FIN | opcode, MASKED | size) + NO_MASK + payload
    if size < 65536:
        return struct.pack("!BBH", FIN | opcode, MASKED | 126, size) + NO_MASK + payload
    return struct.pack("!BBQ", FIN | opcode, MASKED | 127, size) + NO_MASK + payload


class WebSocket(asyncio.Protocol):
    """One connection; every text message goes to `on_text` as it was on the wire."""

    def __init__(self, on_text: OnText, on_lost: OnLost) -> None:
        self._on_text = on_text
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._open = asyncio.get_running_loop().create_future()
        self._upgraded = False
        self._closing = False

    async def open(self, port: int, path: str, headers: dict[str, str], address: str | None = None) -> None:
        """Connect to this machine, from an address of its own, and upgrade. Raises `HandshakeError` when refused."""
        loop, source = asyncio.get_running_loop(), (address, 0) if address else None
        transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port, local_addr=source)
        lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}"]
        lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
        lines += [f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        transport.write("\r\n".join([*lines, "", ""]).encode())
        await self._open

    def send(self, text: str) -> None:
        """Queue one text message."""
        if self._transport is not None:
            self._transport.write(frame(TEXT, text.encode()))

    def close(self) -> None:
        """Say goodbye and hang up; `on_lost` isn't called for it."""
        self._closing = True
        if self._transport is not None:
            self._transport.write(frame(CLOSE, b"\x03\xe8"))
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (uvloop's is one, though not by inheritance)."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Read the upgrade's answer, then frames."""
        self._buffer = self._buffer + data if self._buffer else data
        if not self._upgraded and not self._read_answer():
            return
        frames, self._buffer = split_frames(self._buffer)
        for opcode, payload in frames:
            if opcode == TEXT:
                self._on_text(payload)
            elif opcode == PING and self._transport is not None:
                self._transport.write(frame(PONG, payload))
            elif opcode == CLOSE:
                self._lost(f"closed by the server: {payload[:2].hex()} {payload[2:].decode()}")

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._transport = None
        self._lost(str(exc or "connection closed"))

    def _read_answer(self) -> bool:
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return False
        status = head.split(b"\r\n", 1)[0].decode("latin-1")
        if " 101 " not in status:
            self._lost(status)
            return False
        self._upgraded, self._buffer = True, rest
        self._open.set_result(None)
        return True

    def _lost(self, reason: str) -> None:
        if not self._open.done():
            self._open.set_exception(HandshakeError(reason))
        elif not self._closing:
            self._closing = True
            self._on_lost(reason)
