"""The live log's push channel, and what publishes through it."""

import reflex as rx

from portfolio_app.app.ports.live_feed import FeedBatch
from portfolio_app.http.log.views import (
    LogRowView,
    NetworkRowView,
    frame_of,
    log_row_view,
    network_row_view,
)
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.topics import session_topic


class LogFeed(rx.State):
    """New rows of this visitor session's live log, and of its network table."""

    arrivals: rx.Field[list[LogRowView]] = rx.field(default_factory=list)
    requests: rx.Field[list[NetworkRowView]] = rx.field(default_factory=list)


class LogPublisher:
    """Subscribes to the live feed: a session's new rows become one frame for its tabs."""

    def __init__(self, push: Push) -> None:
        self._push = push

    async def on_batch(self, session_id: str, batch: FeedBatch) -> None:
        """Push new rows to the tabs of the session they belong to, if it has any open."""
        topic = session_topic(session_id)
        if not self._push.listeners(topic):
            return
        channels: dict[str, object] = {
            "arrivals": [frame_of(log_row_view(row)) for row in batch.rows],
            "requests": [frame_of(network_row_view(row)) for row in batch.network],
        }
        await self._push.send(topic, LogFeed, **{name: rows for name, rows in channels.items() if rows})
