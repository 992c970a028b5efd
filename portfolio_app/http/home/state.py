"""The pulse of the process that serves the page."""

import reflex as rx

from portfolio_app.http.home.pulse import Pulse
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.push import PULSE, Push
from portfolio_app.http.transport.runtime import part


class PulseState(rx.State):
    """Channels for readings of this process: None until the first one came; `pushed` is the line of the last minute,
    one step a second, and `peak` the highest of its rates.

    `visitors` have at least one of the `tabs` open; `events_per_s` counts what they sent, HTTP requests included.
    """

    visitors: rx.Field[int | None] = rx.field(None)
    tabs: rx.Field[int | None] = rx.field(None)
    events_per_s: rx.Field[int | None] = rx.field(None)
    pushed: rx.Field[str] = rx.field("")
    peak: rx.Field[int | None] = rx.field(None)
    last_post_ms: rx.Field[str | None] = rx.field(None)
    last_painted_ms: rx.Field[str | None] = rx.field(None)
    uptime: rx.Field[str | None] = rx.field(None)
    commit: rx.Field[str | None] = rx.field(None)

    @action("pulse.follow", live=False, refused=ignore)
    async def follow(self) -> None:
        """Listen to the pulse, and get the first reading at once."""
        sid = self.router.session.session_id
        await part(Push).join(sid, PULSE)
        await part(Pulse).show(sid)
