"""The live log of the visitor's session."""

import reflex as rx

from portfolio_app.http.caller import caller_of
from portfolio_app.http.push import hub
from portfolio_app.http.push.topics import session_topic
from portfolio_app.http.runtime import services
from portfolio_app.http.views.log import LogRowView, NetworkRowView, log_row_view, network_row_view


class LogState(rx.State):
    """The newest rows at the time the tab opened; later ones come through `LogFeed`."""

    window: rx.Field[list[LogRowView]] = rx.field(default_factory=list)
    requests: rx.Field[list[NetworkRowView]] = rx.field(default_factory=list)

    @rx.event
    async def follow(self) -> None:
        """Listen to the session's topic, then read the recent rows."""
        caller = caller_of(self)
        await hub.push().join(self.router.session.session_id, session_topic(caller.session_id))
        recent = services().live_feed.recent(caller.session_id)
        self.window = [log_row_view(row) for row in recent.rows]
        self.requests = [network_row_view(row) for row in recent.network]
