"""The adapters that settings choose between, started and ended with their stack."""

from contextlib import AsyncExitStack
from typing import Final

from portfolio_app import folders
from portfolio_app.app.page_views import WRITE_EVERY_S, CountPageViews
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.limiter import RateLimiter
from portfolio_app.app.ports.mail import Mail
from portfolio_app.app.ports.metrics import Metrics, Reading
from portfolio_app.app.ports.trace import Layer
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.app.repeat import in_background, repeat
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.infra.build_files import BuildFiles
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.redis import RedisBus
from portfolio_app.infra.bus.shared import SharedBus
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.limiter.limiter import SharedLimiter, Unlimited, WindowLimiter
from portfolio_app.infra.limiter.window import WindowStorage
from portfolio_app.infra.mail import ConsoleMail, NoMail, SmtpMail, SmtpServer, posting
from portfolio_app.infra.suffixes import is_public_suffix
from portfolio_app.infra.tracing.statements import trace_statements
from portfolio_app.infra.tracing.traced import traced_port
from portfolio_app.settings import Settings

_WORDS: Final = "moderation_words.txt"


def open_database(settings: Settings, stack: AsyncExitStack, bus: Bus | None = None) -> Database:
    """The database, closed with `stack`."""
    database = Database(settings.database_url, system_clock, bus)
    stack.callback(database.close)
    trace_statements(database.engine)
    return database


async def open_bus(settings: Settings, stack: AsyncExitStack) -> MemoryBus | SharedBus:
    """The bus, started, and stopped with `stack`; NATS before Redis, which keeps the limits then."""
    bus: MemoryBus | SharedBus
    if settings.nats_url:
        # Imported here: a start without NATS does not wait for its client library.
        from portfolio_app.infra.bus.nats import NatsBus

        bus = NatsBus(settings.nats_url)
    else:
        bus = RedisBus(settings.redis_url) if settings.redis_url else MemoryBus()
    await bus.start()
    stack.push_async_callback(bus.stop)
    return bus


def open_limiter(settings: Settings, stack: AsyncExitStack) -> RateLimiter:
    """The rate limits: none, of this process, or shared by several."""
    if not settings.rate_limits:
        return Unlimited()
    if settings.redis_url is None:
        return WindowLimiter(WindowStorage())
    shared = SharedLimiter(settings.redis_url)
    stack.push_async_callback(shared.close)
    return traced_port(shared, Layer.INFRA)


async def open_page_views(
    settings: Settings, stack: AsyncExitStack, unit_of_work: UnitOfWork
) -> CountPageViews:
    """The count of page views, written while the stack is open if they are counted."""
    page_views = CountPageViews(unit_of_work, system_clock, settings.page_views)
    if page_views.counting:
        stack.push_async_callback(page_views.close)
        write = repeat("writing page views", page_views.write, WRITE_EVERY_S)
        await stack.enter_async_context(in_background(write))
    return page_views


async def open_mail(
    settings: Settings, stack: AsyncExitStack, metrics: Metrics, *, in_development: bool
) -> Mail:
    """The mail: a server, the console of a developer, or none."""
    if settings.smtp_url is None or settings.mail_from is None:
        return ConsoleMail() if in_development else NoMail()
    mail = await stack.enter_async_context(
        posting(SmtpMail(SmtpServer.parse(settings.smtp_url), settings.mail_from))
    )
    metrics.read(Reading.LETTERS, lambda: mail.counts)
    metrics.read(Reading.QUEUE_DEPTH, lambda: {"mail": mail.waiting})
    return mail


def build_files(settings: Settings) -> BuildFiles:
    """The files of earlier builds."""
    return BuildFiles(settings.data_dir / "builds")


def moderation_policy() -> ModerationPolicy:
    """The moderation policy with the words of its owner, or those that ship."""
    own, shipped = folders.content() / _WORDS, folders.CHECKOUT / "portfolio_app/content" / _WORDS
    words = own if own.exists() else shipped
    return ModerationPolicy.with_words(words.read_text(encoding="utf-8").split(), is_public_suffix)
