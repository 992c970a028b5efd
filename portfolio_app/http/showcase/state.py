"""The live facts of the showcase for the visitor who asks, and what the last gate says of its claims."""

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.http.chat import Emission, LastPosts, Posted
from portfolio_app.http.showcase.register import blobs, proof_view
from portfolio_app.http.showcase.views import ShowcaseView, last_accepted, showcase_view
from portfolio_app.http.transport.action import Payload, action, ignore
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.runtime import options, part, services


class ProofState(rx.State):
    """Read at run time: pages are built without knowing any outcome."""

    verdicts: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    verified: rx.Field[int | None] = rx.field(None)
    gate: rx.Field[str] = rx.field("")
    repository: rx.Field[str] = rx.field("")

    @action("proof.read", live=False, refused=ignore)
    async def load(self) -> None:
        """Judge every claim; before this, none has a verdict."""
        found = proof_view(await services().proof.last_gate())
        self.repository = blobs(options())
        self.verdicts, self.verified, self.gate = found.verdicts, found.verified, found.gate


class ShowcaseState(rx.State):
    """What was read last; None until then. It is about nobody but the visitor behind this tab."""

    facts: rx.Field[ShowcaseView | None] = rx.field(None)
    problem: rx.Field[str] = rx.field("")

    def _forget(self, error: ErrorView, _payload: Payload) -> None:
        self.problem, self.facts = error.text, None

    @action("showcase.read", live=False, refused=_forget)
    async def refresh(self) -> None:
        """Read everything anew."""
        self.facts, self.problem = await _read(caller_of(self)), ""


async def _read(caller: Caller) -> ShowcaseView:
    found = await services().read_showcase(caller)
    mine, posts = caller.session_id, part(LastPosts)
    posted = posts.of(mine, found.latest.message.id) if found.latest else None
    return showcase_view(found, mine, posted, posts.whole(mine, _emission(mine, posted)))


def _emission(session_id: str, posted: Posted | None) -> Emission:
    feed, recent = services().live_feed, services().live_feed.recent(session_id)
    request_id = posted.request_id if posted else last_accepted(recent)
    rows = tuple(row for row in recent.rows if row.request_id == request_id)
    return Emission(request_id, rows, feed.trace(session_id, request_id))
