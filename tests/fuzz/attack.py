"""Sends mutated frames and requests to a site, and says what they must not have done."""

import asyncio
import contextlib
import re
import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httpx
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.fuzz.mutations import CONNECT, Mutations
from tests.site import Site

ALLOWED: Final = frozenset({"message.posted", "message.held", "message.withdrawn", "account.registered"})
"""What a guest may leave in the audit trail."""
_PATIENCE_S: Final = 30
_TROUBLE: Final = re.compile(
    r"^.*(?:unforeseen |Traceback \(most recent|^CRITICAL |^ERROR (?!engineio)|\b5\d\d in [\d.]+ ms).*"
    r"(?:\n[ \t].*)*(?:\n\w+Error.*)?",
    re.MULTILINE,
)
_GONE: Final = re.compile(r"in _handle_connect\n.*self\.environ\[eio_sid\](?s:.*)\nKeyError")
"""The library's own: a client that left while its CONNECT waited for its turn."""
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})")


@dataclass
class Sent:
    """What was sent, and how the site took it."""

    frames: int = 0
    closed: int = 0
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)


async def send_frames(
    site: Site, mutations: Mutations, count: int, sent: Sent, address: Callable[[], str]
) -> None:
    """One client after the other: whoever is closed, or has sent as much as a tab may at once, comes again."""
    done = 0
    while done < count:
        token = uuid.UUID(int=done).hex
        headers = {"x-forwarded-for": address()}
        url = f"{site.url.replace('http', 'ws', 1)}/_event/?EIO=4&transport=websocket&token={token}"
        with contextlib.suppress(ConnectionClosed, InvalidHandshake):
            async with connect(url, origin=site.url, additional_headers=headers, proxy=None) as socket:  # type: ignore[arg-type]
                reading = asyncio.create_task(_drain(socket))
                try:
                    await socket.send(f"{CONNECT}{{}}")
                    for _ in range(min(100, count - done)):
                        done += 1
                        sent.frames += 1
                        await socket.send(mutations.frame())
                finally:
                    reading.cancel()
                    sent.closed += socket.close_code is not None


async def _drain(socket: object) -> None:
    async for _ in socket:  # type: ignore[attr-defined]
        pass


async def send_requests(
    site: Site, mutations: Mutations, count: int, sent: Sent, address: Callable[[], str]
) -> None:
    """Each on a connection of its own, that this side ends first: half a request has no answer."""
    host, port = "127.0.0.1", urlsplit(site.url).port
    for _ in range(count):
        raw = mutations.request(f"localhost:{port}").replace(
            b"\r\n", f"\r\nX-Forwarded-For: {address()}\r\nConnection: close\r\n".encode(), 1
        )
        sent.requests += 1
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(_PATIENCE_S):
                reader, writer = await asyncio.open_connection(host, port)
                try:
                    writer.write(raw)
                    await writer.drain()
                    writer.write_eof()
                    if answered := _STATUS.match(await reader.read(32)):
                        sent.statuses[int(answered[1])] += 1
                finally:
                    writer.close()


@dataclass(frozen=True)
class Marks:
    """What must be the same after an attack: who may do what, what was decided, and what failed."""

    pid: int
    rows: tuple[tuple[object, ...], ...]
    failures: int


def marks(site: Site) -> Marks:
    """Read them."""
    with closing(sqlite3.connect(site.data_dir / "portfolio.db")) as database:
        ask = "SELECT action, count(*) FROM audit GROUP BY action ORDER BY action"
        decided = [row for row in database.execute(ask) if row[0] not in ALLOWED]
        users = database.execute(
            "SELECT id, username, email, role FROM users WHERE role <> 'member' ORDER BY id"
        )
        rooms = database.execute("SELECT slug, title FROM rooms ORDER BY slug")
        rows = (*decided, *users.fetchall(), *rooms.fetchall())
    assert site.process.poll() is None, "the site has ended"
    return Marks(site.process.pid, rows, sum(failures(site)))


def trouble(site: Site) -> list[str]:
    """The parts of the log that say what failed, tracebacks whole."""
    found = [match.group() for match in _TROUBLE.finditer(site.output())]
    return [text for text in found if not _GONE.search(text)]


def failures(site: Site) -> Iterator[int]:
    """Answers with 5xx, events that failed, and errors that nobody foresaw."""
    text = httpx.get(f"{site.url}/metrics", timeout=_PATIENCE_S).text
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "portfolio_http_requests_total" and sample.labels["status"].startswith("5"):
                yield int(sample.value)
            if sample.name == "portfolio_events_total" and sample.labels["outcome"] == "failed":
                yield int(sample.value)
    yield len(trouble(site))
