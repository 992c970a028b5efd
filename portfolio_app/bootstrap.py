"""The only composition root: settings in, running services out."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp

from portfolio_app import folders
from portfolio_app.app.account.change_email import ChangeEmail
from portfolio_app.app.account.change_password import ChangePassword
from portfolio_app.app.account.elevate import Prove
from portfolio_app.app.account.identify import Identify
from portfolio_app.app.account.leave import ExportAccount, LeaveAccount, PurgeAccounts
from portfolio_app.app.account.letters import Letters, SendResetLink
from portfolio_app.app.account.names import ChangeUsername, FollowNames
from portfolio_app.app.account.own_sessions import ListSessions, RevokeOthers, RevokeSession
from portfolio_app.app.account.passkeys import Passkeys
from portfolio_app.app.account.passwords import NewPasswords, PasswordCheck
from portfolio_app.app.account.purge import PURGE_EVERY_S, PurgeRows
from portfolio_app.app.account.recover import CountCodes, MakeCodes, RecoverAccount
from portfolio_app.app.account.redeem import RedeemTicket
from portfolio_app.app.account.register import Register
from portfolio_app.app.account.set_role import SetRole
from portfolio_app.app.account.sign_in import SignIn
from portfolio_app.app.account.sign_out import SignOut
from portfolio_app.app.burst.burst import Burst
from portfolio_app.app.burst.compose import Ports, compose
from portfolio_app.app.burst.send import AT_ONCE as REQUESTS_AT_ONCE
from portfolio_app.app.burst.send import PER_S as REQUESTS_PER_S
from portfolio_app.app.burst.start import AT_ONCE, OF_A_NETWORK
from portfolio_app.app.chat.change_message import ChangeMessage
from portfolio_app.app.chat.history import ReadHistory
from portfolio_app.app.chat.own_messages import ExpireMessages, OwnMessages
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
from portfolio_app.app.page_views import WRITE_EVERY_S, CountPageViews, ReadPageViews
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.hasher import PasswordHasher
from portfolio_app.app.ports.journal import MessageJournal
from portfolio_app.app.ports.limiter import RateLimiter
from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.mail import Mail
from portfolio_app.app.ports.metrics import Metrics, Reading
from portfolio_app.app.ports.passkeys import Ceremonies
from portfolio_app.app.ports.proof import Proof
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.trace import Layer, Target
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.app.repeat import in_background, repeat
from portfolio_app.app.reread import Reread
from portfolio_app.app.sandbox.sandboxes import CountRows, EnterSandbox, LeaveSandbox
from portfolio_app.app.services import Check, Services
from portfolio_app.app.showcase.read import ReadShowcase
from portfolio_app.app.terminal.stream_key import FollowFeed, IssueStreamKey
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.domain.account.session import Lifetimes
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.http.transport.runtime import HttpOptions
from portfolio_app.infra import readiness
from portfolio_app.infra.build_files import KEEP_EVERY_S, BuildFiles
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.checkout import ROOT, commit
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.descriptors import descriptors
from portfolio_app.infra.guessed import ZxcvbnGuesses
from portfolio_app.infra.hasher import Argon2Hasher
from portfolio_app.infra.limiter.limiter import SharedLimiter, Unlimited, WindowLimiter
from portfolio_app.infra.limiter.window import WindowStorage
from portfolio_app.infra.logs.lines import left_out
from portfolio_app.infra.machine import this_machine
from portfolio_app.infra.mail import ConsoleMail, NoMail, SmtpMail, SmtpServer, posting
from portfolio_app.infra.metrics.limiter import CountedLimiter
from portfolio_app.infra.metrics.metrics import PrometheusMetrics
from portfolio_app.infra.metrics.own_port import own_port
from portfolio_app.infra.passkeys import WebauthnCeremonies
from portfolio_app.infra.proof import ProofFile
from portfolio_app.infra.sealer import FernetSealer
from portfolio_app.infra.suffixes import is_public_suffix
from portfolio_app.infra.tracing.journal import record_batch
from portfolio_app.infra.tracing.provider import tracing
from portfolio_app.infra.tracing.statements import trace_statements
from portfolio_app.infra.tracing.traced import TracedUnitOfWork, traced, traced_port
from portfolio_app.infra.webhook import ringing
from portfolio_app.settings import Settings

MOST_SOCKETS: Final = 4_000
"""Of a process: half a gigabyte, at 120 KB for each tab. A quarter of the descriptors is left for requests."""
_WORDS: Final = "moderation_words.txt"


def http_options(settings: Settings, documents: Path | None = None) -> HttpOptions:
    """What the http layer has to know of the settings; `documents` is the folder of the built pages."""
    return HttpOptions(
        allowed_origins=frozenset(settings.allowed_origins),
        secure_cookies=settings.secure_cookies,
        trusted_proxy_hops=settings.trusted_proxy_hops,
        limits=settings.rate_limits,
        most_sockets=min(MOST_SOCKETS, descriptors.most_connections() * 3 // 4),
        documents=documents,
        public_url=settings.public_url or settings.local_url,
        repository_url=(settings.repository_url or "").rstrip("/"),
        commit=commit() or "",
        store="SQLite" if settings.database_url.startswith("sqlite") else "PostgreSQL",
        any_local=settings.public_url is None,
        cookie_suffix=settings.cookie_suffix,
        metrics_token=settings.metrics_token or "",
        session_lifetime=session_lifetimes(settings).absolute,
        build_file=_build_files(settings).read,
        exports_traces=settings.otlp_endpoint is not None,
    )


def _build_files(settings: Settings) -> BuildFiles:
    return BuildFiles(settings.data_dir / "builds")


async def _keep(files: BuildFiles, build: Path) -> None:
    await asyncio.to_thread(files.keep, build)


def session_lifetimes(settings: Settings) -> Lifetimes:
    """How long sessions last."""
    return Lifetimes(timedelta(days=settings.session_idle_days), timedelta(days=settings.session_days))


@asynccontextmanager
async def build(
    settings: Settings, *, documents: Path | None = None, replaced: bool = False
) -> AsyncIterator[Services]:
    """Start every adapter, yield the services, and stop all in the opposite order.

    `documents` is the folder of the built pages that are served. `replaced` says that a change of the code replaces
    this process, as under `make dev`.
    """
    async with AsyncExitStack() as stack:
        if documents is not None:
            kept = _build_files(settings), documents
            await _keep(*kept)  # before the first page: another host may be asked for its files
            keep = repeat("keeping files", partial(_keep, *kept), KEEP_EVERY_S)
            await stack.enter_async_context(in_background(keep))
        live_feed = await stack.enter_async_context(tracing(settings.otlp_endpoint))
        bus = await open_bus(settings, stack)
        database = open_database(settings, stack, bus)
        revision = commit() or "unknown"
        metrics = PrometheusMetrics(revision)
        live_feed.share(bus)
        pieces = ReadPieces(Hosts(is_public_suffix))
        bell = ringing(bus, settings.webhook_url, settings.webhook_secret, database.unit_of_work, pieces)
        ringing_bus = await stack.enter_async_context(bell)
        journal = database.journal(ringing_bus, observe=record_batch)
        await journal.start()
        stack.push_async_callback(journal.stop)
        hasher = Argon2Hasher()
        stack.callback(hasher.close)
        metrics.read(Reading.BUS_LOSSES, lambda: bus.losses)
        metrics.read(Reading.CONNECTIONS_CLOSED, lambda: dict(descriptors.closed))
        metrics.read(Reading.DB_CONNECTIONS, database.connections)
        metrics.read(Reading.FEED_ROWS, live_feed.rows)
        metrics.read(Reading.HASHES_WAITING, lambda: hasher.waiting)
        metrics.read(Reading.LOG_LEFT_OUT, lambda: dict(left_out))
        metrics.read(Reading.QUEUE_DEPTH, lambda: {"journal": journal.waiting, "bus": bus.waiting})
        unit_of_work = TracedUnitOfWork(database.unit_of_work)
        limiter = CountedLimiter(_limiter(settings, stack), metrics)
        bursts = compose(
            Ports(
                unit_of_work=unit_of_work,
                bus=bus,
                limiter=limiter,
                live_feed=live_feed,
                clock=system_clock,
                machine=this_machine(settings.workers),
                commit=revision,
                budget=TokenBucket(REQUESTS_PER_S, REQUESTS_AT_ONCE if settings.rate_limits else math.inf),
                of_a_network=OF_A_NETWORK if settings.rate_limits else AT_ONCE,
                shared=settings.redis_url is not None,
            ),
            partial(traced, target=Target.BURST),
        )
        letters = Letters(
            database.unit_of_work,
            await _mail(settings, stack, metrics, in_development=replaced),
            limiter,
            system_clock,
            settings.public_url or settings.local_url,
            settings.mail_sign_ins,
        )
        await stack.enter_async_context(in_background(bursts.run()))
        await stack.enter_async_context(in_background(descriptors.watch()))
        names = FollowNames(database.unit_of_work, bus, system_clock, pieces)
        for name, work in _upkeep(settings, database, bus, names):
            await stack.enter_async_context(in_background(repeat(name, work, PURGE_EVERY_S)))
        yield _services(
            unit_of_work=unit_of_work,
            journal=traced_port(journal, Layer.INFRA),
            bus=bus,
            ringing_bus=ringing_bus,
            pieces=pieces,
            limiter=limiter,
            burst=bursts.burst,
            hasher=hasher,
            sealer=FernetSealer(settings.session_secrets, system_clock),
            ceremonies=WebauthnCeremonies(settings.public_url or settings.local_url),
            letters=letters,
            names=names,
            live_feed=live_feed,
            metrics=metrics,
            proof=ProofFile(ROOT, late=replaced),
            lifetimes=session_lifetimes(settings),
            page_views=await _page_views(settings, stack, database.unit_of_work),
            checks=readiness.checks(database.unit_of_work, journal, bus, settings.database_url),
        )


def _upkeep(
    settings: Settings, database: Database, bus: Bus, names: FollowNames
) -> Iterator[tuple[str, Callable[[], Awaitable[object]]]]:
    unit_of_work = database.unit_of_work
    yield "purging rows", PurgeRows(unit_of_work, system_clock, lifetimes=session_lifetimes(settings))
    yield "purging accounts", PurgeAccounts(unit_of_work, bus, system_clock)
    yield "following names", names
    if settings.message_retention_days:
        text_age = timedelta(days=settings.message_retention_days)
        yield "emptying messages", ExpireMessages(unit_of_work, bus, system_clock, text_age)


def metrics_port(settings: Settings, app: ASGIApp) -> AbstractAsyncContextManager[None]:
    """`app` on this worker's own port while the block runs, if the settings give it one."""
    return own_port(app, settings.metrics_host, settings.metrics_ports)


def open_database(settings: Settings, stack: AsyncExitStack, bus: Bus | None = None) -> Database:
    """The database, closed with `stack`."""
    database = Database(settings.database_url, system_clock, bus)
    stack.callback(database.close)
    trace_statements(database.engine)
    return database


async def open_bus(settings: Settings, stack: AsyncExitStack) -> MemoryBus | RedisBus:
    """The bus, started, and stopped with `stack`."""
    bus = RedisBus(settings.redis_url) if settings.redis_url else MemoryBus()
    await bus.start()
    stack.push_async_callback(bus.stop)
    return bus


def _limiter(settings: Settings, stack: AsyncExitStack) -> RateLimiter:
    if not settings.rate_limits:
        return Unlimited()
    if settings.redis_url is None:
        return WindowLimiter(WindowStorage())
    shared = SharedLimiter(settings.redis_url)
    stack.push_async_callback(shared.close)
    return traced_port(shared, Layer.INFRA)


async def _page_views(settings: Settings, stack: AsyncExitStack, unit_of_work: UnitOfWork) -> CountPageViews:
    page_views = CountPageViews(unit_of_work, system_clock, settings.page_views)
    if page_views.counting:
        stack.push_async_callback(page_views.close)
        write = repeat("writing page views", page_views.write, WRITE_EVERY_S)
        await stack.enter_async_context(in_background(write))
    return page_views


async def _mail(settings: Settings, stack: AsyncExitStack, metrics: Metrics, *, in_development: bool) -> Mail:
    if settings.smtp_url is None or settings.mail_from is None:
        return ConsoleMail() if in_development else NoMail()
    mail = await stack.enter_async_context(
        posting(SmtpMail(SmtpServer.parse(settings.smtp_url), settings.mail_from))
    )
    metrics.read(Reading.LETTERS, lambda: mail.counts)
    metrics.read(Reading.QUEUE_DEPTH, lambda: {"mail": mail.waiting})
    return mail


def _services(
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
    clock = system_clock
    tally = PostTally()
    policy = traced_port(_policy(), Layer.DOMAIN)
    post_message = PostMessage(journal, limiter, policy, clock, tally)
    new_passwords = NewPasswords(hasher, ZxcvbnGuesses())
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
        sign_in=traced(SignIn(check, sealer), Target.ACCOUNT),
        change_password=traced(change_password, Target.ACCOUNT),
        change_username=traced(ChangeUsername(unit_of_work, limiter, bus, clock, names), Target.ACCOUNT),
        change_email=traced(ChangeEmail(unit_of_work, limiter, bus, clock, letters), Target.ACCOUNT),
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


def _policy() -> ModerationPolicy:
    own, shipped = folders.content() / _WORDS, folders.CHECKOUT / "portfolio_app/content" / _WORDS
    words = own if own.exists() else shipped
    return ModerationPolicy.with_words(words.read_text(encoding="utf-8").split(), is_public_suffix)
