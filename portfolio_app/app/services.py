"""All use cases that the outer layer can call."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from portfolio_app.app.account.change_email import ChangeEmail
from portfolio_app.app.account.change_password import ChangePassword
from portfolio_app.app.account.confirm_email import ConfirmEmail
from portfolio_app.app.account.elevate import Prove
from portfolio_app.app.account.identify import Identify
from portfolio_app.app.account.leave import ExportAccount, LeaveAccount
from portfolio_app.app.account.letters import SendResetLink
from portfolio_app.app.account.names import ChangeUsername
from portfolio_app.app.account.operate import EndSessions
from portfolio_app.app.account.own_sessions import ListSessions, RevokeOthers, RevokeSession
from portfolio_app.app.account.passkeys import Passkeys
from portfolio_app.app.account.passwords import JudgePassword
from portfolio_app.app.account.recover import CountCodes, MakeCodes, RecoverAccount
from portfolio_app.app.account.redeem import RedeemTicket
from portfolio_app.app.account.register import Register
from portfolio_app.app.account.set_role import SetRole
from portfolio_app.app.account.sign_in import SignIn
from portfolio_app.app.account.sign_out import SignOut
from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.chat.change_message import ChangeMessage
from portfolio_app.app.chat.history import ReadHistory
from portfolio_app.app.chat.own_messages import OwnMessages
from portfolio_app.app.chat.post_message import PostMessage
from portfolio_app.app.chat.presence import NameVisitors
from portfolio_app.app.chat.react import ReactToMessage
from portfolio_app.app.chat.read_room import CatchUp, EnterRoom, FindRoom, OpenRoom, ReadQuotes
from portfolio_app.app.chat.rooms import KeepArticleRooms, ListRooms, ManageRooms
from portfolio_app.app.chat.search import SearchRoom
from portfolio_app.app.chat.tally import PostTally
from portfolio_app.app.chat.withdraw_message import WithdrawMessage
from portfolio_app.app.moderation.decide import DecideOnMessage
from portfolio_app.app.moderation.mute import MuteAuthors
from portfolio_app.app.moderation.report import ReportMessage
from portfolio_app.app.moderation.review import ReviewQueue
from portfolio_app.app.page_views import CountPageViews, ReadPageViews
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.limiter import RateLimiter
from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.metrics import Metrics
from portfolio_app.app.ports.proof import Proof
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.app.reread import Reread
from portfolio_app.app.sandbox.sandboxes import CountRows, EnterSandbox, LeaveSandbox
from portfolio_app.app.showcase.read import ReadShowcase
from portfolio_app.app.terminal.stream_key import FollowFeed, IssueStreamKey
from portfolio_app.domain.chat.pieces import ReadPieces

Check = Callable[[], Awaitable[object]]
"""Raises when a dependency is not usable."""
DISPENSABLE: Final = frozenset({"redis", "nats"})
"""The checks of what the site does without, for itself at least: each worker then serves its own visitors."""


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases, wired by `bootstrap` (their classes say what they raise), what is counted of posts, and the
    ports that the transport itself works with. `checks` are what readiness asks, by the name it reports."""

    post_message: PostMessage
    withdraw_message: WithdrawMessage
    find_room: FindRoom
    open_room: OpenRoom
    enter_room: EnterRoom
    catch_up: CatchUp
    change_message: ChangeMessage
    read_history: ReadHistory
    read_pieces: ReadPieces
    react: ReactToMessage
    read_quotes: ReadQuotes
    name_visitors: NameVisitors
    search_room: SearchRoom
    own_messages: OwnMessages
    list_rooms: ListRooms
    manage_rooms: ManageRooms
    keep_article_rooms: KeepArticleRooms
    review_queue: ReviewQueue
    decide_on_message: DecideOnMessage
    mute_authors: MuteAuthors
    report_message: ReportMessage
    register: Register
    judge_password: JudgePassword
    sign_in: SignIn
    sign_out: SignOut
    recover_account: RecoverAccount
    send_reset_link: SendResetLink
    make_codes: MakeCodes
    count_codes: CountCodes
    prove: Prove
    export_account: ExportAccount
    leave_account: LeaveAccount
    passkeys: Passkeys
    change_password: ChangePassword
    change_username: ChangeUsername
    change_email: ChangeEmail
    confirm_email: ConfirmEmail
    redeem_ticket: RedeemTicket
    identify: Identify
    issue_stream_key: IssueStreamKey
    follow_feed: FollowFeed
    list_sessions: ListSessions
    revoke_session: RevokeSession
    revoke_others: RevokeOthers
    end_sessions: EndSessions
    read_showcase: ReadShowcase
    enter_sandbox: EnterSandbox
    count_rows: CountRows
    leave_sandbox: LeaveSandbox
    set_role: SetRole
    count_page_views: CountPageViews
    read_page_views: ReadPageViews
    reread: Reread
    burst: Burst
    posts: PostTally
    bus: Bus
    unit_of_work: UnitOfWork
    limiter: RateLimiter
    sealer: Sealer
    live_feed: LiveFeed
    metrics: Metrics
    proof: Proof
    checks: Mapping[str, Check] = field(default_factory=dict)
