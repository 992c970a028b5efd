"""Live chat rooms: messages with a gapless revision, pushed to every tab that is in the room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from starlette.routing import Route

from portfolio_app.app.chat.rooms import KeepArticleRooms
from portfolio_app.app.errors import Unavailable
from portfolio_app.http.chat import own, plain
from portfolio_app.http.chat.authors import AuthorsState, author_choices, authors_notice, menu
from portfolio_app.http.chat.composer import MESSAGE
from portfolio_app.http.chat.controls import EDIT, REPORT
from portfolio_app.http.chat.feed import RoomPublisher, RoomReread
from portfolio_app.http.chat.last_posts import SESSIONS_KEPT, Emission, LastPosts, Painted, Posted
from portfolio_app.http.chat.page import ENTERING, PAGES, article_chat, live_chat, live_line
from portfolio_app.http.chat.panel import DAY
from portfolio_app.http.chat.presence import PresencePublisher
from portfolio_app.http.chat.search import SEARCH
from portfolio_app.http.chat.state import ChatState, PostDTO
from portfolio_app.http.content.loader import discussed
from portfolio_app.http.kit.page import Feature, NavEntry
from portfolio_app.http.log import Openers
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Resync
from portfolio_app.http.transport.runtime import Runtime
from portfolio_app.words import t

START_S: Final = 5.0
"""Seconds for which making the rooms of articles may delay the start: after that the database does not answer."""
_AGAIN_S: Final = 1.0


async def _keep_article_rooms(keep: KeepArticleRooms) -> None:
    while True:
        try:
            await keep({article.room: article.front.title for article in discussed().values()})
        except Unavailable:
            await asyncio.sleep(_AGAIN_S)
        else:
            return


@asynccontextmanager
async def _running(site: Runtime) -> AsyncIterator[None]:
    posts = site.add(LastPosts())
    painted = site.add(Painted(site.services.live_feed, posts.painted))
    publisher = RoomPublisher(site.part(Push), painted, site.services.live_feed)
    services = site.services
    presence = site.add(PresencePublisher(site.part(Push), services.bus, services.name_visitors))
    site.services.bus.subscribe(posts.on_event)
    site.services.bus.subscribe(publisher.on_event)
    site.services.bus.subscribe(presence.on_event)
    site.part(Openers).append(plain.bring_room)
    site.part(Resync).add(RoomReread(site.part(Push), publisher, site.services.reread))
    rooms = asyncio.create_task(_keep_article_rooms(site.services.keep_article_rooms), name="article rooms")
    made, _ = await asyncio.wait([rooms], timeout=START_S)
    for done in made:
        done.result()
    said = asyncio.create_task(presence.run(), name="presence")
    yield
    said.cancel()
    await presence.stop()
    rooms.cancel()
    await publisher.stop()


FEATURE = Feature(
    "chat",
    pages=lambda: PAGES,
    nav=(NavEntry(t("Chat"), "/chat", order=40),),
    routes=(
        *(Route(path, plain.room, methods=["GET"]) for path in (plain.PATH, f"{plain.PATH}/{{message}}")),
        Route(own.PATH, own.download, methods=["GET"]),
    ),
    forms=(replace(MESSAGE, do=plain.post_form), DAY, EDIT, REPORT, SEARCH),
    running=_running,
)

__all__ = [
    "ENTERING",
    "FEATURE",
    "SESSIONS_KEPT",
    "AuthorsState",
    "ChatState",
    "Emission",
    "LastPosts",
    "PostDTO",
    "Posted",
    "article_chat",
    "author_choices",
    "authors_notice",
    "live_chat",
    "live_line",
    "menu",
]
