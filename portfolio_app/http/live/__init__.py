"""The front page's live section: post, and watch the backend do it."""

import reflex as rx

from portfolio_app.http.chat import ENTERING, live_chat
from portfolio_app.http.kit.layout import bench, column, lowered, section_heading
from portfolio_app.http.kit.page import Feature, Section
from portfolio_app.http.log import LogState, live_log, live_network, live_terminal, live_trace
from portfolio_app.http.showcase import ShowcaseState, live_crossing
from portfolio_app.words import t


def _build() -> rx.Component:
    return rx.el.section(
        section_heading(
            t("Post, and watch the backend do it"),
            t(
                "Try live posts as the demo user. Run the chat demo and watch request, database and push behavior "
                "stream in real time."
            ),
        ),
        lowered(
            column(
                bench(live_chat(), live_crossing(), live_log("log")), live_network("network"), live_terminal()
            )
        ),
        live_trace(),
        id="live",
    )


SECTION = Section(
    "live",
    _build,
    (*ENTERING, LogState.follow, ShowcaseState.refresh),
    invitation=t("Try the live chat"),
)


FEATURE = Feature("live", sections=(SECTION,))

__all__ = ["FEATURE"]
