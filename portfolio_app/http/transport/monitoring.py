"""Liveness, readiness and metrics of a process, and the notice that it will stop, for those who run the site."""

import asyncio
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from portfolio_app.app.errors import NotReady
from portfolio_app.app.ports.metrics import Reading
from portfolio_app.app.services import DISPENSABLE
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import visitor_of
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Resync
from portfolio_app.words import t

READINESS_CACHED_S: Final = 2.0
METRICS_CACHED_S: Final = 1.0
ANSWER_WITHIN_S: Final = 2.0
_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_LIVE: Final = b'{"status":"live"}'
_NOT_STORED: Final = {"cache-control": "no-store"}
_LIVE_HEADERS: Final = (
    (b"content-type", b"application/json"),
    (b"content-length", str(len(_LIVE)).encode()),
    (b"cache-control", b"no-store"),
)


class Live:
    """The process runs and its event loop turns. Asked so often that it makes no request and no response."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _LIVE_HEADERS})
        await send({"type": "http.response.body", "body": _LIVE})


async def ready(_request: Request) -> Response:
    """200 if the site can serve visitors, else 503 with a reason by dependency.

    What it can do without is no reason, but told as `degraded`: all hosts would leave their proxy at once.
    """
    found = await _probe.reasons()
    degraded = {name: reason for name, reason in found.items() if name in DISPENSABLE}
    reasons = {name: reason for name, reason in found.items() if name not in DISPENSABLE}
    if runtime.current().draining:
        reasons["server"] = "is stopping"
    status = "unready" if reasons else "degraded" if degraded else "ready"
    answer = {"status": status, "reasons": reasons, "degraded": degraded}
    return JSONResponse(answer, 503 if reasons else 200, headers=_NOT_STORED)


_NO_WEBSOCKET: Final = t(
    "The server answers, but no websocket gets through to it: a proxy, a firewall or an extension on the way "
    "may block it."
)


async def connection(request: Request) -> Response:
    """Why a page can't connect, as `reason` and `words`, for a page whose websocket doesn't open.

    A GET carries no origin, so the page names its own in `at`; the answer decides nothing. `proxies` is how many
    addresses the request had in X-Forwarded-For when it came here, for `doctor`.
    """
    at, rule = request.query_params.get("at", ""), runtime.options().origins
    may_connect = rule.allows(at, request.headers.get("host"))
    reason, words = ("websocket", _NO_WEBSOCKET) if may_connect else ("origin", rule.words(at))
    proxies = visitor_of(request.scope).proxies
    return JSONResponse({"reason": reason, "words": words, "proxies": proxies}, headers=_NOT_STORED)


class _Probe:
    """Asks the dependencies at most once every `READINESS_CACHED_S`, however often it is asked itself."""

    def __init__(self) -> None:
        self._site: runtime.Runtime | None = None
        self._asked_at = 0.0
        self._reasons: dict[str, str] = {}
        self._asking: asyncio.Lock | None = None

    async def reasons(self) -> dict[str, str]:
        site = runtime.current()
        if self._site is not site:
            self._site, self._asked_at, self._asking = site, float("-inf"), asyncio.Lock()
        assert self._asking is not None  # noqa: S101 (set together with the site)
        async with self._asking:
            if time.monotonic() - self._asked_at > READINESS_CACHED_S:
                self._reasons = await _ask(site)
                self._asked_at = time.monotonic()
        return self._reasons


async def _ask(site: runtime.Runtime) -> dict[str, str]:
    found = await asyncio.gather(*(_reason(check()) for check in site.services.checks.values()))
    return {name: reason for name, reason in zip(site.services.checks, found, strict=True) if reason}


async def _reason(check: Awaitable[object]) -> str | None:
    """Why a dependency is not usable, without the details an attacker could use."""
    try:
        await asyncio.wait_for(check, ANSWER_WITHIN_S)
    except NotReady as error:
        return str(error)
    except TimeoutError:
        return "does not answer in time"
    except Exception:  # whatever a driver raises
        return "is not usable"
    return None


_probe = _Probe()


async def metrics(request: Request) -> Response:
    """The exposition of the worker that was met, for the operator."""
    return answer(is_operator=visitor_of(request.scope).is_operator)


def answer(*, is_operator: bool) -> Response:
    """The exposition, made at most once every `METRICS_CACHED_S`; 403 for anybody but the operator.

    It holds no personal data, but how busy the site is and which defences act is the operator's business.
    """
    if not is_operator:
        return PlainTextResponse(
            "For loopback, or with the token of METRICS_TOKEN.\n", 403, {"cache-control": "no-store"}
        )
    return Response(
        _metrics.exposition(), headers={"content-type": _METRICS_TYPE, "cache-control": "no-store"}
    )


class _Metrics:
    def __init__(self) -> None:
        self._site: runtime.Runtime | None = None
        self._made_at = 0.0
        self._text = b""

    def exposition(self) -> bytes:
        site, now = runtime.current(), time.monotonic()
        if self._site is not site or now - self._made_at >= METRICS_CACHED_S:
            self._text = site.services.metrics.exposition()
            self._site, self._made_at = site, now
        return self._text


_metrics = _Metrics()


def offer_readings(site: runtime.Runtime) -> None:
    """Let the metrics of `site` read its sockets, its push and its resync."""
    metrics, sockets, push, resync = site.services.metrics, site.sockets, site.part(Push), site.part(Resync)
    metrics.read(Reading.OPEN_SOCKETS, lambda: len(sockets))
    metrics.read(Reading.REFUSED, lambda: sockets.refused)
    metrics.read(Reading.ORIGINS_REFUSED, lambda: site.refused_origins.counted)
    metrics.read(Reading.PUSH_DELIVERIES, lambda: push.delivered)
    metrics.read(Reading.PUSH_BYTES, lambda: push.delivered_bytes)
    metrics.read(Reading.RESYNCS, lambda: resync.passes)
    metrics.read(Reading.UNREAD_BYTES, lambda: {"all": sockets.crowd.all(), "most": sockets.crowd.most()})
    metrics.read(Reading.SOCKETS_DROPPED, lambda: dict(sockets.crowd.dropped))
    metrics.read(Reading.WORK_SECONDS, lambda: dict(sockets.accounts.used))
    metrics.read(Reading.WORK_WAITING, sockets.accounts.waiting)
    metrics.read(Reading.EVENTS_DROPPED, lambda: sockets.accounts.dropped)
    metrics.read(Reading.QUEUE_DEPTH, lambda: {"longest_send": push.longest_queue()})


NOTICE_S: Final = 1.0
"""Long enough for a proxy that asks for readiness every second, short enough for whoever waits."""


@contextmanager
def noticed(leave: Callable[[], None]) -> Iterator[None]:
    """On SIGTERM call `leave` at once, and let the server act on the signal `NOTICE_S` later.

    A second SIGTERM gets through at once. Ctrl-C is left alone: the person at the terminal is no proxy.
    """
    usual = signal.getsignal(signal.SIGTERM)
    if not callable(usual) or threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def on_signal(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, usual)
        leave()
        loop.call_soon_threadsafe(loop.call_later, NOTICE_S, usual, number, frame)

    signal.signal(signal.SIGTERM, on_signal)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is on_signal:
            signal.signal(signal.SIGTERM, usual)
