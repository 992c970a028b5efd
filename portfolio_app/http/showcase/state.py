"""The live facts of the showcase for the visitor who asks, as the browser gets them, and the state that reads them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.tally import PostTally
from portfolio_app.app.ports.limiter import Allowance
from portfolio_app.app.ports.live_feed import FeedBatch, SpanView, Trace
from portfolio_app.app.showcase.read import Showcase
from portfolio_app.domain.account.session import visitor_tag
from portfolio_app.http.chat import Emission, LastPosts, Posted
from portfolio_app.http.log import LogRowView, log_row_view, nested, spoken
from portfolio_app.http.showcase.handoff import NONE, HandoffsView, handoffs
from portfolio_app.http.transport.action import OK, Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.headers import cookie_flags, cookie_name
from portfolio_app.http.transport.runtime import options, part, services
from portfolio_app.words import moment, t

_WAY_IN: Final = ("http", "app", "domain", "infra")


@dataclass(frozen=True, slots=True)
class StretchView:
    """One layer's own time, without what it waited for in others; `part` is percent of the whole."""

    layer: str
    took: str
    part: float


@dataclass(frozen=True, slots=True)
class CrossingView:
    """A request from its arrival to its answer; what came after that, its push, is not in it."""

    request_id: str
    took: str
    stretches: tuple[StretchView, ...]


def crossing_view(trace: Trace | None) -> CrossingView | None:
    """The time of the outermost step, given to the layer of whichever step was the innermost; None without one."""
    if trace is None or not trace.spans:
        return None
    steps = list(nested(trace.spans))
    outermost = steps[0][0]
    own = _own_times(steps, outermost)
    whole = max(outermost.duration_us, 1)
    stretches = (
        StretchView(layer, spoken(own[layer]), round(100 * own[layer] / whole, 3)) for layer in _WAY_IN
    )
    return CrossingView(trace.request_id, spoken(outermost.duration_us), tuple(stretches))


def _own_times(steps: Sequence[tuple[SpanView, int]], outermost: SpanView) -> Counter[str]:
    ends = _end(outermost)
    moments = sorted({min(at, ends) for span, _ in steps for at in (span.start_us, _end(span))})
    own: Counter[str] = Counter()
    for start, end in pairwise(moments):
        running = [
            (depth, span.layer) for span, depth in steps if span.start_us <= start and end <= _end(span)
        ]
        if running and start >= outermost.start_us:
            own[max(running, key=lambda found: found[0])[1]] += end - start
    return own


def _end(span: SpanView) -> int:
    return span.start_us + span.duration_us


_POST = "chat.send"


@dataclass(frozen=True, slots=True)
class EmittedView:
    """The rows that one request of the visitor wrote into their live feed."""

    request_id: str
    rows: tuple[LogRowView, ...]


@dataclass(frozen=True, slots=True)
class ShowcaseView:
    """The facts that the tabs show, by the names that the page has for them.

    Hand-offs, emitted rows and crossing are about one post, the last that was accepted.
    """

    identity: dict[str, str]
    handoffs: HandoffsView
    emitted: EmittedView
    crossing: CrossingView | None
    controls: dict[str, str]


def showcase_view(
    found: Showcase, session_id: str, posted: Posted | None, emission: Emission
) -> ShowcaseView:
    """The visitor's own facts, and the counters of this process.

    `posted` is what became of `found.latest`, if this process has it; `emission` is that of the last accepted post.
    """
    return ShowcaseView(
        identity=_identity(found, session_id),
        handoffs=handoffs(found.latest, posted) if found.latest else NONE,
        emitted=_emitted(emission),
        crossing=crossing_view(emission.trace),
        controls=_controls(found.allowance, found.waiting, found.tally),
    )


def last_accepted(feed: FeedBatch) -> str:
    """The request id of the newest post in the feed that was not refused; empty without one."""
    posts = (row.request_id for row in reversed(feed.network) if (row.path, row.status) == (_POST, OK))
    return next(posts, "")


def _identity(found: Showcase, session_id: str) -> dict[str, str]:
    session = found.session
    return {
        "visitor": str(found.user.username) if found.user else f"guest {visitor_tag(session_id)}",
        "created": moment(session.created_at)
        if session
        else t("with your first post, until then only a cookie"),
        "expires": moment(session.expires_at)
        if session
        else t("{n} days after the cookie was set", n=options().session_lifetime.days),
        "rotated": moment(session.created_at) if session and found.user else t("when you sign in or out"),
        "store": t("{store}, table sessions", store=options().store)
        if session
        else t("{store}, not yet a row", store=options().store),
        "cookie": cookie_name(),
        "flags": " \u00b7 ".join(cookie_flags()),
    }


def _controls(allowance: Allowance | None, waiting: int, tally: PostTally) -> dict[str, str]:
    return {
        "remaining": t("unlimited here")
        if allowance is None
        else t(
            "{remaining} of {limit} in {seconds} s",
            remaining=allowance.remaining,
            limit=allowance.limit,
            seconds=allowance.seconds,
        ),
        "limited": str(tally.limited),
        "waiting": str(waiting),
        "repeated": str(tally.repeated),
        "stored": str(tally.stored),
    }


def _emitted(emission: Emission) -> EmittedView:
    rows = sorted(emission.rows, key=lambda row: (row.at, -row.ms))
    return EmittedView(emission.request_id, tuple(map(log_row_view, rows)))


class ShowcaseState(rx.State):
    """The live facts as they were read last; None until then. They are of the visitor behind this tab alone."""

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
