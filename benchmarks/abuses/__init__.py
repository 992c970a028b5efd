"""Abuses by clients that cost the site as much as they may: each goes on until it is cancelled."""

from collections.abc import Awaitable, Callable
from typing import Final

from benchmarks.abuses import events, requests
from benchmarks.abuses.target import Target

Abuse = Callable[[Target], Awaitable[None]]
CASES: Final[dict[str, Abuse]] = {
    "events": events.events,
    "crowd": events.crowd,
    "unread": events.unread,
    "history": events.history,
    "searches": events.searches,
    "reports": events.reports,
    "posts": events.posts,
    "sandboxes": events.sandboxes,
    "sign-outs": events.sign_outs,
    "nested": events.nested,
    "joins": events.joins,
    "leavers": events.leavers,
    "sign-ins": events.sign_ins,
    "requests": requests.requests,
    "effects": requests.effects,
    "records": requests.records,
    "odd": requests.odd,
    "unfinished": requests.unfinished,
    "pipelined": requests.pipelined,
    "headers": requests.headers,
    "trailers": requests.trailers,
    "chunks": requests.chunks,
    "deaf": requests.deaf,
}
