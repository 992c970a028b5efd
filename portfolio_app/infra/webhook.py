"""The owner's bell: what needs a person is sent to an address of theirs, signed, beside the work of the site."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Final

import httpx

from portfolio_app.app.events import Event, HeldChanged, MessageReported, RoomChanged
from portfolio_app.app.ports.bus import Bus, Subscriber
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.app.ports.users import MOST_STAFF
from portfolio_app.app.repeat import in_background, repeat
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.message import Message, MessageStatus
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.domain.chat.room import SANDBOX_PREFIX

_log = logging.getLogger(__name__)

MOST_WAITING: Final = 500
TIMEOUT_S: Final = 5.0
OWNERS_EVERY_S: Final = 60.0
HELD: Final = "message.held"
REPORTED: Final = "message.reported"
MENTIONED: Final = "owner.mentioned"
RETRY_AFTER_S: Final = (1.0, 5.0, 30.0, 120.0, 600.0)
"""Before each further attempt; after the last one the call is given up."""
_MAY_PASS: Final = frozenset({408, 425, 429})
"""Refusals that say nothing against the call itself."""


@dataclass(frozen=True, slots=True)
class Call:
    """One event for the owner: its `kind`, and what is said of it. Never a message's text."""

    kind: str
    fields: Mapping[str, str]
    id: str = field(default_factory=lambda: token_hex(8))
    at: int = field(default_factory=lambda: int(time.time()))

    def body(self) -> bytes:
        """The body of the call, the same for every attempt."""
        return json.dumps({"id": self.id, "kind": self.kind, "at": self.at, **self.fields}).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over timestamp, dot and body: a receiver that looks at both can refuse an old call sent again."""
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


class Webhook:
    """Sends calls one after the other, from a queue that has an end; whoever rings never waits."""

    def __init__(
        self, url: str, secret: str, client: httpx.AsyncClient, retry_after_s: Sequence[float] = RETRY_AFTER_S
    ) -> None:
        self._url = url
        self._secret = secret
        self._client = client
        self._retry_after_s = retry_after_s
        self._queue: asyncio.Queue[Call] = asyncio.Queue(MOST_WAITING)
        self.lost = 0
        """Calls that were dropped or given up."""

    def ring(self, call: Call) -> None:
        """Queue a call; one too many is dropped."""
        try:
            self._queue.put_nowait(call)
        except asyncio.QueueFull:
            self._lose("the webhook's queue is full")

    async def run(self) -> None:
        """Send what is queued, until cancelled."""
        while True:
            call = await self._queue.get()
            try:
                await self._deliver(call)
            except Exception:  # it would be the last call
                _log.exception("the webhook failed on a call")
                self.lost += 1

    async def _deliver(self, call: Call) -> None:
        for wait_s in (*self._retry_after_s, None):
            problem, is_final = await self._attempt(call)
            if not problem:
                return
            if is_final or wait_s is None:
                self._lose(f"a call was given up: {problem}")
                return
            await asyncio.sleep(wait_s)

    async def _attempt(self, call: Call) -> tuple[str, bool]:
        """Call once: the words for what went wrong, if anything did, and whether trying again is of no use."""
        body, timestamp = call.body(), str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "x-portfolio-delivery": call.id,
            "x-portfolio-timestamp": timestamp,
            "x-portfolio-signature": signature(self._secret, timestamp, body),
        }
        try:
            # Its body may be endless, and says nothing.
            async with (
                asyncio.timeout(TIMEOUT_S),
                self._client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                status = answer.status_code
        except (httpx.HTTPError, TimeoutError) as error:
            return type(error).__name__, False
        if 200 <= status < 300:
            return "", True
        return f"answered with {status}", 300 <= status < 500 and status not in _MAY_PASS

    def _lose(self, why: str) -> None:
        self.lost += 1
        _log.warning("%s; %d calls lost since the start", why, self.lost)


class Owners:
    """The names of the members whose site it is, as of the last minute: a promotion is rare, and posts are not."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self.names: frozenset[str] = frozenset()

    async def read(self) -> None:
        """Read them again."""
        staff = await self._unit_of_work.run(lambda repositories: repositories.users.staff(MOST_STAFF))
        self.names = frozenset(str(user.username) for user in staff if user.role is Role.OWNER)


class RingingBus(Bus):
    """A bus for the publishers of this worker, which rings the bell for what they publish: each event rings once,
    however many workers it reaches."""

    def __init__(self, bus: Bus, webhook: Webhook, owners: Owners, read: ReadPieces) -> None:
        self._bus = bus
        self._webhook = webhook
        self._owners = owners
        self._read = read
        self._mentioning: dict[str, None] = {}
        """The last messages that rang for a mention: an edit of one does not ring again."""

    async def publish(self, *events: Event) -> None:
        """Ring, then publish."""
        for event in events:
            for call in self._calls(event):
                self._webhook.ring(call)
        await self._bus.publish(*events)

    def subscribe(self, subscriber: Subscriber) -> None:
        """Subscribe to the bus that the bell rings for."""
        self._bus.subscribe(subscriber)

    async def start(self) -> None:
        """Start nothing: the bus is started by its maker."""

    async def stop(self) -> None:
        """Stop nothing: the bus is stopped by its maker."""

    def _calls(self, event: Event) -> Iterator[Call]:
        """The calls for what needs a person: none for any other event, and none for attacks in a sandbox."""
        match event:
            case HeldChanged(_, message, request_id) if message.status is MessageStatus.PENDING:
                found = [(HELD, message, request_id)]
            case MessageReported(message, request_id):
                found = [(REPORTED, message, request_id)]
            case RoomChanged(_, messages, request_ids):
                pairs = zip(messages, request_ids, strict=False)
                found = [
                    (MENTIONED, message, request) for message, request in pairs if self._mentions(message)
                ]
            case _:
                found = []
        for kind, message, request_id in found:
            if not str(message.room).startswith(SANDBOX_PREFIX):
                yield _call(kind, message, request_id)

    def _mentions(self, message: Message) -> bool:
        """Whether a message that has just come into view, or was edited, is the first to name an owner other than its
        author."""
        is_news = message.revision == message.position or message.edited_at is not None
        text = str(message.body)
        if message.status is not MessageStatus.VISIBLE or not is_news or "@" not in text:
            return False
        others = self._owners.names - ({message.author.name} if message.author.user_id is not None else set())
        if message.id in self._mentioning or others.isdisjoint(self._read.members(text)):
            return False
        self._mentioning[message.id] = None
        if len(self._mentioning) > MOST_WAITING:
            del self._mentioning[next(iter(self._mentioning))]
        return True


def _call(kind: str, message: Message, request_id: str) -> Call:
    author = message.author.label
    fields = {"message": message.id, "room": str(message.room), "author": author, "request_id": request_id}
    if kind != MENTIONED:
        return Call(kind, fields)
    # The same from every worker that an edit of the message may come to: the receiver knows it by its id.
    return Call(kind, fields, id=hashlib.sha256(f"{kind}/{message.id}".encode()).hexdigest()[:16])


@asynccontextmanager
async def ringing(
    bus: Bus, url: str | None, secret: str | None, unit_of_work: UnitOfWork, read: ReadPieces
) -> AsyncIterator[Bus]:
    """The bus, with a bell where there is an address; what waits at the end is not sent any more."""
    if url is None or secret is None:
        yield bus
        return
    owners = Owners(unit_of_work)
    async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
        webhook = Webhook(url, secret, client)
        reading = repeat("reading the owners' names", owners.read, OWNERS_EVERY_S)
        async with in_background(reading), in_background(webhook.run()):
            yield RingingBus(bus, webhook, owners, read)
