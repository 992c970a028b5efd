"""When a message was on which screen."""

from types import SimpleNamespace
from typing import Any

from portfolio_app.http.chat.last_posts import Painted


class Feed:
    """Remembers what was recorded late."""

    def __init__(self) -> None:
        self.recorded: list[str] = []

    def record_late(self, name: str, *_: Any) -> None:
        self.recorded.append(name)


def pushed() -> tuple[Painted, Feed, list[float]]:
    feed, seconds = Feed(), list[float]()
    painted = Painted(feed, seconds.append)  # type: ignore[arg-type] # it needs no more of a feed
    message: Any = SimpleNamespace(
        id="m1",
        author=SimpleNamespace(session_id="ann"),
        posted_at=SimpleNamespace(timestamp=lambda: 0.0),
    )
    painted.pushed(message, "a" * 32, 0)
    return painted, feed, seconds


def test_the_sending_tab_and_another_one_are_two_steps_each_once() -> None:
    painted, feed, _ = pushed()
    for _ in range(2):
        painted.acknowledge("ann", ["m1"], here=True)
    for _ in range(2):
        painted.acknowledge("ann", ["m1"])
    assert feed.recorded == ["painted here", "painted in another tab"]


def test_the_other_tab_may_be_first() -> None:
    painted, feed, _ = pushed()
    painted.acknowledge("ann", ["m1"])
    painted.acknowledge("ann", ["m1"], here=True)
    assert feed.recorded == ["painted in another tab", "painted here"]


def test_nobody_else_may_say_so() -> None:
    painted, feed, _ = pushed()
    painted.acknowledge("bob", ["m1"], here=True)
    painted.acknowledge("bob", ["m1"])
    assert feed.recorded == []
