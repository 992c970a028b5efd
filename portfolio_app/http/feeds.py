"""Channels: vars that the server sends through and never changes.

A frame for a topic is a state update whose value goes to every tab on the topic. The state of a tab does not
hold it, so a late tab reads the window from the database instead, and memory does not grow with traffic.
"""

import reflex as rx

from portfolio_app.http.views.chat import MessageView
from portfolio_app.http.views.log import LogRowView, NetworkRowView


class RoomFeed(rx.State):
    """New and changed messages of the room this tab is in.

    `settled` is a revision up to which nothing is missing once the `arrivals` beside it are merged;
    `more` is that revision if the answer was cut short there: the tab asks for what comes after it.
    `revision` is the room's newest, said with each answer and when the room has gone quiet.
    """

    arrivals: rx.Field[list[MessageView]] = rx.field(default_factory=list)
    settled: rx.Field[int] = rx.field(0)
    revision: rx.Field[int] = rx.field(0)
    more: rx.Field[int] = rx.field(0)


class LogFeed(rx.State):
    """New rows of this visitor session's live log, and of its network table."""

    arrivals: rx.Field[list[LogRowView]] = rx.field(default_factory=list)
    requests: rx.Field[list[NetworkRowView]] = rx.field(default_factory=list)


class ModerationFeed(rx.State):
    """A counter that grows when queue or trail changed; the rows themselves are read with authorisation."""

    version: rx.Field[int] = rx.field(0)
