"""Moderation: the queue of held messages and the audit trail, for moderators."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from portfolio_app.http.kit.page import Feature, NavEntry
from portfolio_app.http.moderation.members import SESSIONS
from portfolio_app.http.moderation.page import PAGE
from portfolio_app.http.moderation.rooms import RENAMED, ROOM, SLOWED
from portfolio_app.http.moderation.state import DecisionDTO, QueuePublisher
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Resync
from portfolio_app.http.transport.runtime import Runtime
from portfolio_app.words import t


@asynccontextmanager
async def _running(site: Runtime) -> AsyncIterator[None]:
    publisher = QueuePublisher(site.part(Push))
    site.services.bus.subscribe(publisher.on_event)
    site.part(Resync).add(publisher.announce)
    yield
    publisher.stop()


FEATURE = Feature(
    "moderation",
    pages=lambda: (PAGE,),
    nav=(NavEntry(t("Moderation"), "/moderation", order=90, moderators_only=True),),
    forms=(ROOM, RENAMED, SLOWED, SESSIONS),
    running=_running,
)

__all__ = ["FEATURE", "DecisionDTO"]
