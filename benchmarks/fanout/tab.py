"""One simulated browser tab: engine.io and socket.io by hand, counting instead of decoding."""

import asyncio

from benchmarks.fanout.systems import System, numbers
from benchmarks.fanout.tally import Tally
from benchmarks.fanout.websocket import WebSocket


class Tab:
    """A websocket that knows how many bytes it got and tells a tally which messages."""

    def __init__(self, system: System, index: int) -> None:
        self.index = index
        self.tally: Tally | None = None
        self.bytes_received = 0
        self.message_bytes = 0
        """Of these, bytes of frames that brought a message this tab didn't have."""
        self.lost: str | None = None
        self._system = system
        self._socket: WebSocket | None = None
        self._joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._acks: dict[int, asyncio.Future[None]] = {}

    async def join(self, port: int, cookie: str | None, address: str | None = None) -> None:
        """Connect, from an `address` of this machine if there is one, and wait for the server to put it in the room."""
        path, headers = self._system.handshake(port, cookie)
        self._socket = WebSocket(self._on_text, self._on_lost)
        await self._socket.open(port, path, headers, address)
        await self._joined

    def post(self, number: int) -> None:
        """Send message `number` without waiting for anything."""
        self._send(self._system.post(number))

    async def post_and_see(self, number: int) -> None:
        """Send message `number` and wait until this tab shows it."""
        ack = asyncio.get_running_loop().create_future()
        self._acks[number] = ack
        self.post(number)
        await ack

    def close(self) -> None:
        """Leave the room."""
        if self._socket is not None:
            self._socket.close()

    def _on_text(self, payload: bytes) -> None:
        self.bytes_received += len(payload)
        if payload.startswith(b"42"):
            self._count(payload)
        elif payload == b"2":
            self._send("3")
        elif payload.startswith(b"0"):
            self._send(self._system.connect_packet())
        if not self._joined.done() and self._system.joined(payload):
            self._joined.set_result(None)

    def _count(self, payload: bytes) -> None:
        if self.tally is None:
            return
        news = [number for number in numbers(payload) if self.tally.arrived(self.index, number)]
        if news:
            self.message_bytes += len(payload)
        for number in news if self._acks else ():
            ack = self._acks.pop(number, None)
            if ack is not None and not ack.done():
                ack.set_result(None)

    def _send(self, text: str) -> None:
        if self._socket is not None:
            self._socket.send(text)

    def _on_lost(self, reason: str) -> None:
        self.lost = reason
        if not self._joined.done():
            self._joined.set_exception(ConnectionError(reason))
