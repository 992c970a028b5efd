"""Every use case, made of the adapters."""

from collections.abc import Mapping

from portfolio_app.app.account.change_email import ChangeEmail
from portfolio_app.app.account.change_password import ChangePassword
from portfolio_app.app.account.confirm_email import ConfirmEmail
from portfolio_app.app.account.elevate import Prove
from portfolio_app.app.account.identify import Identify
from portfolio_app.app.account.leave import ExportAccount, LeaveAccount
from portfolio_app.app.account.letters import Letters, SendResetLink
from portfolio_app.app.account.names import ChangeUsername, FollowNames
from portfolio_app.app.account.operate import EndSessions
from portfolio_app.app.account.own_sessions import ListSessions, RevokeOthers, RevokeSession
from portfolio_app.app.account.passkeys import Passkeys
from portfolio_app.app.account.passwords import JudgePassword, NewPasswords, PasswordCheck
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
from portfolio_app.app.ports.hasher import PasswordHasher
from portfolio_app.app.ports.journal import MessageJournal
from portfolio_app.app.ports.limiter import RateLimiter
from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.metrics import Metrics
from portfolio_app.app.ports.passkeys import Ceremonies
from portfolio_app.app.ports.proof import Proof
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.trace import Layer, Target
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.app.reread import Reread
from portfolio_app.app.sandbox.sandboxes import CountRows, EnterSandbox, LeaveSandbox
from portfolio_app.app.services import Check, Services
from portfolio_app.app.showcase.read import ReadShowcase
from portfolio_app.app.terminal.stream_key import FollowFeed, IssueStreamKey
from portfolio_app.bootstrap.adapters import moderation_policy
from portfolio_app.domain.account.session import Lifetimes
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.guessed import ZxcvbnGuesses
from portfolio_app.infra.tracing.traced import traced, traced_port


def compose_services(
    *,
    unit_of_work: UnitOfWork,
    journal: MessageJournal,
    bus: Bus,
    ringing_bus: Bus,
    pieces: ReadPieces,
    limiter: RateLimiter,
    burst: Burst,
    hasher: PasswordHasher,
    sealer: Sealer,
    ceremonies: Ceremonies,
    letters: Letters,
    names: FollowNames,
    live_feed: LiveFeed,
    metrics: Metrics,
    proof: Proof,
    lifetimes: Lifetimes,
    page_views: CountPageViews,
    checks: Mapping[str, Check],
) -> Services:
    """The services of one process, each with the adapters that its use case needs."""
    clock = system_clock
    tally = PostTally()
    policy = traced_port(moderation_policy(), Layer.DOMAIN)
    post_message = PostMessage(journal, limiter, policy, clock, tally)
    new_passwords = NewPasswords(unit_of_work, hasher, ZxcvbnGuesses())
    check = PasswordCheck(unit_of_work, hasher, limiter, bus, clock)
    register = Register(unit_of_work, new_passwords, limiter, sealer, clock, letters)
    change_password = ChangePassword(unit_of_work, check, new_passwords, bus, sealer, clock)
    recover = RecoverAccount(unit_of_work, new_passwords, limiter, bus, sealer, clock)
    redeem = RedeemTicket(unit_of_work, bus, limiter, sealer, clock, letters, lifetimes)
    return Services(
        post_message=traced(post_message, Target.CHAT, tally.took, metrics.posted),
        withdraw_message=traced(WithdrawMessage(journal, unit_of_work, bus, clock), Target.CHAT),
        find_room=FindRoom(unit_of_work),
        open_room=traced(OpenRoom(unit_of_work), Target.CHAT),
        enter_room=traced(EnterRoom(unit_of_work), Target.CHAT),
        catch_up=traced(CatchUp(unit_of_work), Target.CHAT),
        read_history=traced(ReadHistory(unit_of_work), Target.CHAT),
        read_quotes=ReadQuotes(unit_of_work),
        name_visitors=NameVisitors(unit_of_work, clock),
        react=ReactToMessage(unit_of_work, bus, clock, limiter),
        read_pieces=pieces,
        search_room=traced(SearchRoom(unit_of_work), Target.CHAT),
        change_message=ChangeMessage(unit_of_work, ringing_bus, clock, limiter, policy),
        own_messages=OwnMessages(unit_of_work, bus, clock, limiter),
        list_rooms=traced(ListRooms(unit_of_work), Target.CHAT),
        manage_rooms=ManageRooms(unit_of_work, bus, clock),
        keep_article_rooms=KeepArticleRooms(unit_of_work, bus, clock),
        review_queue=traced(ReviewQueue(unit_of_work, clock), Target.MODERATION),
        decide_on_message=traced(DecideOnMessage(unit_of_work, ringing_bus, clock), Target.MODERATION),
        mute_authors=MuteAuthors(unit_of_work, bus, clock),
        report_message=traced(ReportMessage(unit_of_work, ringing_bus, clock, limiter), Target.MODERATION),
        register=traced(register, Target.ACCOUNT),
        judge_password=JudgePassword(unit_of_work, new_passwords),
        sign_in=traced(SignIn(check, sealer), Target.ACCOUNT),
        change_password=traced(change_password, Target.ACCOUNT),
        change_username=traced(ChangeUsername(unit_of_work, limiter, bus, clock, names), Target.ACCOUNT),
        change_email=traced(ChangeEmail(unit_of_work, limiter, bus, clock, letters, check), Target.ACCOUNT),
        confirm_email=traced(ConfirmEmail(unit_of_work, limiter, bus, clock, letters), Target.ACCOUNT),
        recover_account=traced(recover, Target.ACCOUNT),
        send_reset_link=SendResetLink(letters, limiter),
        make_codes=traced(MakeCodes(unit_of_work, clock), Target.ACCOUNT),
        count_codes=CountCodes(unit_of_work),
        prove=traced(Prove(unit_of_work, check, clock), Target.ACCOUNT),
        export_account=ExportAccount(unit_of_work, limiter, clock),
        leave_account=traced(LeaveAccount(unit_of_work, bus, clock), Target.ACCOUNT),
        passkeys=Passkeys(unit_of_work, ceremonies, limiter, bus, sealer, clock),
        sign_out=traced(SignOut(sealer), Target.ACCOUNT),
        redeem_ticket=traced(redeem, Target.ACCOUNT),
        identify=traced(Identify(unit_of_work, clock, lifetimes), Target.ACCOUNT),
        issue_stream_key=traced(IssueStreamKey(unit_of_work, sealer), Target.SSE),
        follow_feed=FollowFeed(unit_of_work, sealer),
        list_sessions=traced(ListSessions(unit_of_work, clock), Target.ACCOUNT),
        revoke_session=traced(RevokeSession(unit_of_work, bus, clock), Target.ACCOUNT),
        revoke_others=traced(RevokeOthers(unit_of_work, bus, clock), Target.ACCOUNT),
        end_sessions=traced(EndSessions(unit_of_work, bus, clock), Target.ACCOUNT),
        read_showcase=traced(ReadShowcase(unit_of_work, limiter, tally), Target.CHAT),
        enter_sandbox=EnterSandbox(unit_of_work, limiter, clock),
        count_rows=CountRows(unit_of_work),
        leave_sandbox=LeaveSandbox(unit_of_work),
        reread=Reread(unit_of_work, clock),
        set_role=traced(SetRole(unit_of_work, clock), Target.ACCOUNT),
        count_page_views=page_views,
        read_page_views=ReadPageViews(unit_of_work, clock, page_views.counting),
        burst=burst,
        posts=tally,
        bus=bus,
        unit_of_work=unit_of_work,
        limiter=limiter,
        sealer=sealer,
        live_feed=live_feed,
        metrics=metrics,
        proof=proof,
        checks=checks,
    )
