"""The endpoint of the metrics, and what this layer says about itself there."""

import time
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from portfolio_app.app.ports.metrics import Reading
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import visitor_of
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Resync
from portfolio_app.http.transport.runtime import Runtime

CACHED_S: Final = 1.0
_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


async def metrics(request: Request) -> Response:
    """The exposition of the worker that was met, for the operator."""
    return answer(is_operator=visitor_of(request.scope).is_operator)


def answer(*, is_operator: bool) -> Response:
    """The exposition, made at most once every `CACHED_S`; 403 for anybody but the operator.

    It holds no personal data, but how busy the site is and which defences act is the operator's business.
    """
    if not is_operator:
        return PlainTextResponse(
            "For loopback, or with the token of METRICS_TOKEN.\n", 403, {"cache-control": "no-store"}
        )
    return Response(_cache.exposition(), headers={"content-type": _TYPE, "cache-control": "no-store"})


class _Cache:
    def __init__(self) -> None:
        self._site: runtime.Runtime | None = None
        self._made_at = 0.0
        self._text = b""

    def exposition(self) -> bytes:
        site, now = runtime.current(), time.monotonic()
        if self._site is not site or now - self._made_at >= CACHED_S:
            self._text = site.services.metrics.exposition()
            self._site, self._made_at = site, now
        return self._text


_cache = _Cache()


def offer_readings(site: Runtime) -> None:
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
