"""What this layer can say about itself when metrics are asked for."""

from portfolio_app.app.ports.metrics import Reading
from portfolio_app.http.push.push import Push
from portfolio_app.http.runtime import Runtime


def offer_readings(site: Runtime, push: Push) -> None:
    """Let the metrics of `site` read its sockets and its push."""
    metrics, sockets, streams = site.services.metrics, site.sockets, site.streams
    metrics.read(Reading.OPEN_SOCKETS, lambda: len(sockets))
    metrics.read(Reading.REFUSED, lambda: sockets.refused | streams.refused)
    metrics.read(Reading.OPEN_STREAMS, lambda: len(streams))
    metrics.read(Reading.STREAMS_ENDED, lambda: dict(streams.ended))
    metrics.read(Reading.PUSH_DELIVERIES, lambda: push.delivered)
    metrics.read(Reading.PUSH_BYTES, lambda: push.delivered_bytes)
    metrics.read(Reading.QUEUE_DEPTH, lambda: {"longest_send": push.longest_queue()})
    metrics.read(Reading.UNREAD_BYTES, lambda: {"all": sockets.crowd.all(), "most": sockets.crowd.most()})
    metrics.read(Reading.SOCKETS_DROPPED, lambda: dict(sockets.crowd.dropped))
