"""The live log of the visitor's session."""

import reflex as rx

from portfolio_app.http.log.views import LogRowView, NetworkRowView, log_row_view, network_row_view
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.http.transport.topics import session_topic


class LogState(rx.State):
    """The newest rows at the time the tab opened; later ones come through `LogFeed`."""

    window: rx.Field[list[LogRowView]] = rx.field(default_factory=list)
    requests: rx.Field[list[NetworkRowView]] = rx.field(default_factory=list)

    @action("log.follow", live=False, refused=ignore)
    async def follow(self) -> None:
        """Listen to the session's topic, then read the recent rows."""
        session_id = caller_of(self).session_id
        await part(Push).join(self.router.session.session_id, session_topic(session_id))
        recent = services().live_feed.recent(session_id)
        self.window = [log_row_view(row) for row in recent.rows]
        self.requests = [network_row_view(row) for row in recent.network]
