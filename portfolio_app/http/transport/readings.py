"""What this layer can say about itself when metrics are asked for."""

from portfolio_app.app.ports.metrics import Reading
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Resync
from portfolio_app.http.transport.runtime import Runtime


def offer_readings(site: Runtime) -> None:
    """Let the metrics of `site` read its sockets, its push and its resync."""
    metrics, sockets, push, resync = site.services.metrics, site.sockets, site.part(Push), site.part(Resync)
    metrics.read(Reading.OPEN_SOCKETS, lambda: len(sockets))
    metrics.read(Reading.REFUSED, lambda: sockets.refused)
    metrics.read(Reading.PUSH_DELIVERIES, lambda: push.delivered)
    metrics.read(Reading.PUSH_BYTES, lambda: push.delivered_bytes)
    metrics.read(Reading.RESYNCS, lambda: resync.passes)
    metrics.read(Reading.UNREAD_BYTES, lambda: {"all": sockets.crowd.bytes, "most": sockets.crowd.most()})
    metrics.read(Reading.SOCKETS_DROPPED, lambda: dict(sockets.crowd.dropped))
    metrics.read(Reading.QUEUE_DEPTH, lambda: {"longest_send": push.longest_queue()})
