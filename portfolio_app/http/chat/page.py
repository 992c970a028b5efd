"""A room by itself."""

import reflex as rx

from portfolio_app.http.chat.state import ChatState
from portfolio_app.http.frame import framed
from portfolio_app.http.kit.layout import bench, column, page_heading
from portfolio_app.http.kit.page import Page
from portfolio_app.http.log.live import live_chat, live_log, live_network, live_trace
from portfolio_app.http.log.state import LogState


def _build() -> rx.Component:
    return framed(
        page_heading("Chat", "Try live posts as the demo user. Sign in to send as yourself."),
        column(bench(live_chat(), live_log()), live_network()),
        live_trace(),
    )


_ON_LOAD = (ChatState.enter, LogState.follow)
PAGES = tuple(
    Page(
        route=route,
        title="Chat",
        description="A live chat room: messages are stored, moderated, audited and pushed to every open tab.",
        build=_build,
        on_load=_ON_LOAD,
        listed="[" not in route,
    )
    for route in ("/chat", "/chat/[slug]")
)
