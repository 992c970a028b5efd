"""The live log of the visitor's session."""

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.live_feed import FeedBatch
from portfolio_app.http.log.views import LogRowView, NetworkRowView, log_row_view, network_row_view
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.http.transport.topics import session_topic


class LogState(rx.State):
    """The newest rows at the time the tab opened; later ones come through `LogFeed`."""

    window: rx.Field[list[LogRowView]] = rx.field(default_factory=list)
    requests: rx.Field[list[NetworkRowView]] = rx.field(default_factory=list)

    @rx.event
    async def follow(self) -> None:
        """Listen to the session's topic, then read the recent rows."""
        recent = await attempt(self, "log.follow", self._follow, live=False)
        if not isinstance(recent, ErrorView):
            self.window = [log_row_view(row) for row in recent.rows]
            self.requests = [network_row_view(row) for row in recent.network]

    async def _follow(self, caller: Caller) -> FeedBatch:
        await part(Push).join(self.router.session.session_id, session_topic(caller.session_id))
        return services().live_feed.recent(caller.session_id)
