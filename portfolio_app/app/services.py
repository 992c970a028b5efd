"""Everything the outer layer can ask for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from portfolio_app.app.account.identify import Identity
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.chat.read_room import RoomChanges, RoomWindow
from portfolio_app.app.feed.stream_key import FollowFeed
from portfolio_app.app.moderation.decide import Decision
from portfolio_app.app.moderation.review import Review
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.journal import Receipt
from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.metrics import Metrics
from portfolio_app.app.ports.proof import Proof
from portfolio_app.app.ports.sandbox import RowCounts, Sandbox
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.reread import Reread
from portfolio_app.app.sandbox.sandboxes import LeaveSandbox
from portfolio_app.app.showcase.read import Showcase
from portfolio_app.domain.account.session import Session, SessionSecret
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import Room

Check = Callable[[], Awaitable[object]]
"""Raises when a dependency is not usable."""


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases, wired by `bootstrap` (their classes say what they raise), and the ports that the
    transport itself works with. `checks` are what readiness asks, by the name it reports."""

    post_message: Callable[[Caller, PostCommand], Awaitable[Receipt]]
    find_room: Callable[[str], Awaitable[Room]]
    open_room: Callable[[Caller, str], Awaitable[RoomWindow]]
    catch_up: Callable[[str, int], Awaitable[RoomChanges | None]]
    review_queue: Callable[[Caller], Awaitable[Review]]
    decide_on_message: Callable[[Caller, str, Decision], Awaitable[Message]]
    register: Callable[[Caller, RegisterCommand], Awaitable[str]]
    sign_in: Callable[[Caller, SignInCommand], Awaitable[str]]
    sign_out: Callable[[Caller], Awaitable[str]]
    redeem_ticket: Callable[[Caller, str], Awaitable[SessionSecret]]
    identify: Callable[[Caller], Awaitable[Identity]]
    issue_stream_key: Callable[[Caller], Awaitable[str]]
    follow_feed: FollowFeed
    list_sessions: Callable[[Caller], Awaitable[list[Session]]]
    revoke_session: Callable[[Caller, str], Awaitable[None]]
    read_showcase: Callable[[Caller], Awaitable[Showcase]]
    enter_sandbox: Callable[[Caller], Awaitable[Sandbox]]
    count_rows: Callable[[Sandbox], Awaitable[RowCounts]]
    leave_sandbox: LeaveSandbox
    set_role: Callable[[str, Role], Awaitable[None]]
    reread: Reread
    burst: Burst
    bus: Bus
    sealer: Sealer
    live_feed: LiveFeed
    metrics: Metrics
    proof: Proof
    checks: Mapping[str, Check] = field(default_factory=dict)
