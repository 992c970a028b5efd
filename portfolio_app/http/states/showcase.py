"""The live facts of the showcase, for the visitor who asks."""

from functools import partial

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.http.errors import ErrorView
from portfolio_app.http.handling import attempt
from portfolio_app.http.runtime import current, services
from portfolio_app.http.views.showcase import ShowcaseView, showcase_view


class ShowcaseState(rx.State):
    """What was read last; None until then. It is about nobody but the visitor behind this tab."""

    facts: rx.Field[ShowcaseView | None] = rx.field(None)
    problem: rx.Field[str] = rx.field("")

    @rx.event
    async def refresh(self) -> None:
        """Read everything anew."""
        found = await attempt(self, "showcase.read", _read, live=False)
        self.problem = found.text if isinstance(found, ErrorView) else ""
        self.facts = None if isinstance(found, ErrorView) else found


async def _read(caller: Caller) -> ShowcaseView:
    found, feed = await services().read_showcase(caller), services().live_feed
    mine = caller.session_id
    posted = current().last_posts.of(mine, found.latest.message.id) if found.latest else None
    return showcase_view(found, mine, posted, feed.recent(mine), partial(feed.trace, mine))
