"""A bus between workers, through NATS JetStream.

JetStream numbers what a stream holds without gaps, as the site does itself in Redis: what does not arrive is noticed by
its number, and a stream that was made anew by when that was.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from portfolio_app.app.events import Event, EventsMissed, TracesMissed
from portfolio_app.infra.bus.cursor import BEGINNING, Look, Loss
from portfolio_app.infra.bus.reader import BLOCK_MS, Entry, Found, Reader
from portfolio_app.infra.bus.shared import KEPT_ENTRIES, STREAM, TRACES, SharedBus, Stream

_TIMEOUT_S: Final = 2
_AT_ONCE: Final = 100
_RECONNECT_S: Final = 0.1
_UNREAD_S: Final = 30
"""The server forgets a reader that is gone for so long."""
_FIRST: Final = 2
"""The number of a stream's first entry, as in Redis: every stream begins after 1."""
_FROM: Final = "Portfolio-From"
_Connected: TypeAlias = Callable[[], Awaitable[JetStreamContext]]


class NatsStream(Stream):
    """Implements `Stream` with one of JetStream, in the server's memory."""

    def __init__(
        self,
        connected: _Connected,
        name: str,
        sender: str,
        missed: Callable[[Loss], Event],
    ) -> None:
        """`sender` marks the entries of this worker."""
        super().__init__(name, missed)
        self._connected = connected
        self._sender = sender
        self._subject = name.replace(":", ".")
        self._stored_as = name.replace(":", "_")
        self._sent = 0
        self._following: JetStreamContext.PushSubscription | None = None
        self._handed: bytes | None = None
        """The entry that was handed to the reader last, or after which that begins."""

    async def look(self) -> Look:
        """Ask the server about the stream; makes it where there is none."""
        js = await self._connected()
        try:
            info = await js.stream_info(self._stored_as)
        except NotFoundError:
            config = StreamConfig(
                self._stored_as,
                subjects=[self._subject],
                storage=StorageType.MEMORY,
                max_msgs=KEPT_ENTRIES,
                first_seq=_FIRST,
            )
            info = await js.add_stream(config)
        last = max(info.state.last_seq, _FIRST - 1)
        return Look(str(info.created).encode(), f"{last}-0".encode(), b"")

    async def follow(self, arrived: Callable[["NatsStream", Msg], Awaitable[None]]) -> None:
        """Have what comes after the cursor's position brought to `arrived`; again where the reader has jumped."""
        if self._following is not None and self.cursor.position == self._handed:
            return
        await self.leave()
        self._handed = self.cursor.position
        after = int((self._handed or BEGINNING).partition(b"-")[0])
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=after + 1,
            mem_storage=True,
            inactive_threshold=_UNREAD_S,
        )
        js = await self._connected()

        async def take(message: Msg) -> None:
            await arrived(self, message)

        self._following = await js.subscribe(
            self._subject, stream=self._stored_as, config=config, cb=take, manual_ack=True
        )

    async def leave(self) -> None:
        """Bring nothing more."""
        following, self._following = self._following, None
        if following is not None:
            await following.unsubscribe()

    def entry(self, message: Msg) -> Entry:
        """A message as the reader takes it; its position is remembered."""
        self._handed = f"{message.metadata.sequence.stream}-0".encode()
        headers = message.headers or {}
        return self._handed, {b"from": headers.get(_FROM, "").encode(), b"events": message.data}

    def is_of(self, message: Msg) -> bool:
        """Whether the message was brought by the present subscription, and not by one before a jump."""
        return self._following is not None and message._sid == self._following._id

    async def _write(self, payload: str) -> None:
        js = await self._connected()
        # One that is sent again because its answer was lost is one entry all the same.
        headers = {_FROM: self._sender, "Nats-Msg-Id": f"{self._sender}-{self._subject}-{self._sent}"}
        await js.publish(self._subject, payload.encode(), stream=self._stored_as, headers=headers)
        self._sent += 1


class NatsBus(SharedBus):
    """Implements `SharedBus` with NATS."""

    server = "nats"
    failures = nats.errors.Error, OSError

    def __init__(self, nats_url: str) -> None:
        self._url = nats_url
        self._client: Client | None = None
        self._arrived: asyncio.Queue[tuple[NatsStream, Msg]] = asyncio.Queue()
        worker = secrets.token_hex(8)
        events = NatsStream(self._connected, STREAM, worker, EventsMissed)
        traces = NatsStream(self._connected, TRACES, worker, lambda _: TracesMissed())
        super().__init__(events, traces)
        self._streams = events, traces
        self._reader = Reader(self._fetch, self._streams, worker, self._deliver, self._lost)

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.close()

    async def _connected(self) -> JetStreamContext:
        """The connection, made at its first use; from then on the client renews it by itself."""
        if self._client is None:
            self._client = await nats.connect(
                self._url,
                connect_timeout=1,
                allow_reconnect=True,
                reconnect_time_wait=_RECONNECT_S,
                max_reconnect_attempts=1,
                error_cb=_ignore,
            )
            self._client.options["max_reconnect_attempts"] = -1  # for the first one it would not return
        if not self._client.is_connected:
            raise nats.errors.ConnectionReconnectingError
        return self._client.jetstream(timeout=_TIMEOUT_S)

    async def _fetch(self) -> Found:
        for stream in self._streams:
            await stream.follow(self._take)
        found: dict[str, list[Entry]] = {}
        try:
            async with asyncio.timeout(BLOCK_MS / 1000):
                arrived = [await self._arrived.get()]
        except TimeoutError:
            return found
        while not self._arrived.empty() and len(arrived) < _AT_ONCE:
            arrived.append(self._arrived.get_nowait())
        for stream, message in arrived:
            if stream.is_of(message):
                found.setdefault(stream.name, []).append(stream.entry(message))
        return found

    async def _take(self, stream: NatsStream, message: Msg) -> None:
        self._arrived.put_nowait((stream, message))


async def _ignore(_error: Exception) -> None:
    """A callback for errors that does nothing: each is raised where its call was made."""
