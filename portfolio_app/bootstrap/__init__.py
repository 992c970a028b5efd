"""The only composition root: settings in, running services out."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp

from portfolio_app.app.account.leave import PurgeAccounts
from portfolio_app.app.account.letters import Letters
from portfolio_app.app.account.names import FollowNames
from portfolio_app.app.account.purge import PURGE_EVERY_S, PurgeRows
from portfolio_app.app.burst.compose import Ports, compose
from portfolio_app.app.burst.send import AT_ONCE as REQUESTS_AT_ONCE
from portfolio_app.app.burst.send import PER_S as REQUESTS_PER_S
from portfolio_app.app.burst.start import AT_ONCE, OF_A_NETWORK
from portfolio_app.app.chat.own_messages import ExpireMessages
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.metrics import Reading
from portfolio_app.app.ports.trace import Layer, Target
from portfolio_app.app.repeat import in_background, repeat
from portfolio_app.app.services import Services
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.bootstrap.adapters import (
    build_files,
    open_bus,
    open_database,
    open_limiter,
    open_mail,
    open_page_views,
)
from portfolio_app.bootstrap.services import compose_services
from portfolio_app.domain.account.session import Lifetimes
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.http.transport.runtime import HttpOptions
from portfolio_app.infra import readiness
from portfolio_app.infra.build_files import KEEP_EVERY_S, BuildFiles
from portfolio_app.infra.checkout import ROOT, commit
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.descriptors import descriptors
from portfolio_app.infra.hasher import Argon2Hasher
from portfolio_app.infra.logs.lines import left_out
from portfolio_app.infra.machine import this_machine
from portfolio_app.infra.metrics.limiter import CountedLimiter
from portfolio_app.infra.metrics.metrics import PrometheusMetrics
from portfolio_app.infra.metrics.own_port import own_port
from portfolio_app.infra.passkeys import WebauthnCeremonies
from portfolio_app.infra.proof import ProofFile
from portfolio_app.infra.sealer import FernetSealer
from portfolio_app.infra.suffixes import is_public_suffix
from portfolio_app.infra.tracing.journal import record_batch
from portfolio_app.infra.tracing.provider import tracing
from portfolio_app.infra.tracing.traced import TracedUnitOfWork, traced, traced_port
from portfolio_app.infra.webhook import ringing
from portfolio_app.settings import Settings
from portfolio_app.words import site_words

MOST_SOCKETS: Final = 4_000
"""Open websockets of a process: half a gigabyte, at 120 KB a tab. A quarter of the descriptors is left for requests."""


def http_options(settings: Settings, documents: Path | None = None) -> HttpOptions:
    """The settings that the http layer has to know; `documents` is the folder of the built pages."""
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
        build_file=build_files(settings).read,
        exports_traces=settings.otlp_endpoint is not None,
    )


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
            kept = build_files(settings), documents
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
        metrics.read(Reading.FEED_ROWS, live_feed.kept)
        metrics.read(Reading.HASHES_WAITING, lambda: hasher.waiting)
        metrics.read(Reading.LOG_LEFT_OUT, lambda: dict(left_out))
        metrics.read(Reading.QUEUE_DEPTH, lambda: {"journal": journal.waiting, "bus": bus.waiting})
        unit_of_work = TracedUnitOfWork(database.unit_of_work)
        limiter = CountedLimiter(open_limiter(settings, stack), metrics)
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
                shared=(settings.redis_url or settings.nats_url) is not None,
            ),
            partial(traced, target=Target.BURST),
        )
        letters = Letters(
            database.unit_of_work,
            await open_mail(settings, stack, metrics, in_development=replaced),
            limiter,
            system_clock,
            settings.public_url or settings.local_url,
            settings.mail_sign_ins,
            site_words(),
        )
        await stack.enter_async_context(in_background(bursts.run()))
        await stack.enter_async_context(in_background(descriptors.watch()))
        names = FollowNames(database.unit_of_work, bus, system_clock, pieces)
        for name, work in _upkeep(settings, database, bus, names):
            await stack.enter_async_context(in_background(repeat(name, work, PURGE_EVERY_S)))
        yield compose_services(
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
            page_views=await open_page_views(settings, stack, database.unit_of_work),
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
