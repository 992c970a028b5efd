"""Values that more than one group shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.http.content.source import Symbol, find

REQUEST: Final = "5f3a9c0e7b1d4826a0c4e8f2b6d91735"
NOON_MS: Final = 12 * 60 * 60 * 1000.0


def var(value: object) -> Any:  # noqa: ANN401 (a Var of its type)
    """`value` as a Var, which is what components take from a state."""
    return rx.Var.create(value)


def listed(values: Sequence[object]) -> Any:  # noqa: ANN401 (a Var of rows)
    """Dicts or views as a Var of rows; there may be none."""
    return rx.Var.create(list(values)).to(list[dict[str, Any]])


def nothing(*_: object) -> Any:  # noqa: ANN401 (whatever a handler may be)
    """A handler, or a function that gives one: nothing happens."""
    return rx.noop()


def absent() -> Any:  # noqa: ANN401 (a Var of a row)
    """A row that a state does not have yet."""
    return rx.Var("undefined").to(dict[str, Any])


def post_trace(*, painted: bool = True) -> Trace:
    """A post on its way from the browser to another tab."""
    steps = _STEPS if painted else _STEPS[:-1]
    spans = tuple(step.span(number) for number, step in enumerate(steps, start=1))
    return Trace(REQUEST, "chat.send", NOON_MS, spans[-1].start_us, spans)


INSERT: Final = (
    "INSERT INTO messages (id, room, revision, client_id, session_id, body) VALUES (?, ?, ?, ?, ?, ?)"
)
# What ran.
_SEND: Final = Symbol("portfolio_app/http/chat/state.py", "ChatState.send")
_USE_CASE: Final = Symbol("portfolio_app/app/chat/post_message.py", "PostMessage.__call__")
_WRITE: Final = Symbol("portfolio_app/infra/db/batch_sql.py", "BatchSql.add_messages")


@dataclass(frozen=True, slots=True)
class _Step:
    parent: int
    name: str
    layer: str
    target: str
    times: tuple[int, int]
    pills: tuple[tuple[str, str], ...] = ()
    code: Symbol | None = None

    def span(self, number: int) -> SpanView:
        start, duration = self.times
        place = find(self.code) if self.code else None
        file, line = (place.path, place.line) if place else ("", 0)
        parent = f"{self.parent}" if self.parent else ""
        return SpanView(
            f"{number}", parent, self.name, self.layer, self.target, start, duration, self.pills, file, line
        )


_STEPS: Final = (
    _Step(0, "chat.send", "http", "demo.request", (0, 6_900), (("handler", "send"),), _SEND),
    _Step(1, "PostMessage", "app", "demo.chat", (700, 5_800), (("verdict", "visible"),), _USE_CASE),
    _Step(2, "MessageBody", "domain", "", (900, 12)),
    _Step(2, INSERT, "infra", "demo.db", (1_900, 2_100), (("rows", "1"), ("batch", "3")), _WRITE),
    _Step(2, "commit", "infra", "demo.db", (4_000, 1_500), (("batch", "3"),)),
    _Step(1, "publish room.changed", "infra", "demo.push", (5_600, 500)),
    _Step(1, "push to room:lobby", "http", "demo.push", (6_100, 700), (("tabs", "2"), ("bytes", "412"))),
    _Step(0, "painted in another tab", "http", "demo.push", (7_000, 2_800)),
)
