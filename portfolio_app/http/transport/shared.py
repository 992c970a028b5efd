"""Values that all visitors see: one channel each, pushed to every tab that follows it, on every worker."""

import json
import logging
import re
import time
import types
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

import reflex as rx

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.events import Event, SharedChanged
from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.trace import Layer, Target, labels, source
from portfolio_app.http.transport.caller import current_request_id
from portfolio_app.http.transport.push import Push, shared_topic
from portfolio_app.http.transport.runtime import part, services

T = TypeVar("T")
_log = logging.getLogger(__name__)
_SEND: Final = source(Push.send.__code__)
_VAR: Final = "value"
_TOPIC: Final = re.compile(r"[a-z][a-z0-9_]*")
"""The form of a topic, which becomes part of a name in the compiled pages."""
_SHARED: Final[dict[str, "Shared[Any]"]] = {}


class Shared(Generic[T]):
    """A value by the name of its topic; `value` shows it on a page, and shows nothing before it is known.

    No state holds it: it lives wherever `read` finds it, with a revision that grows with every change there, so that
    the newest wins, whatever order changes arrive in.
    """

    def __init__(
        self, topic: str, channel: type[rx.State], read: Callable[[], Awaitable[tuple[T, int]]]
    ) -> None:
        self.topic = topic
        self.channel = channel
        self.read = read
        self.value: rx.Var[Any] = getattr(channel, _VAR)

    async def follow(self, state: rx.State) -> None:
        """Send the value to the tab of `state`, and each change of it from now on."""
        sid = state.router.session.session_id
        await part(Push).join(sid, shared_topic(self.topic))
        # Read after that, so that no change falls in between.
        await part(SharedValues).show(sid, self, *await self.read())

    async def publish(self, value: T, revision: int) -> None:
        """Send a change, once it is stored, to every tab that follows."""
        changed = SharedChanged(self.topic, revision, json.dumps(value), current_request_id())
        await services().bus.publish(changed)


def shared(topic: str, kind: type[T], read: Callable[[], Awaitable[tuple[T, int]]]) -> Shared[T]:
    """A value of `kind`, which JSON must know, for all visitors; one for each topic.

    `read` finds it, with its revision, where it is kept.
    """
    if not _TOPIC.fullmatch(topic):
        raise ValueError(f'a topic is named like "kudos", not {topic!r}')
    namespace = {"__module__": __name__, "__annotations__": {_VAR: kind | None}, _VAR: None}
    name = f"Shared{topic.title().replace('_', '')}"
    channel = types.new_class(name, (rx.State,), exec_body=lambda body: body.update(namespace))
    _SHARED[topic] = Shared(topic, channel, read)
    return _SHARED[topic]


class SharedValues:
    """Subscribes to the bus: every change becomes one frame for the tabs that follow it."""

    def __init__(self, push: Push, feed: LiveFeed) -> None:
        self._push = push
        self._feed = feed
        self._newest: dict[str, tuple[int, object]] = {}

    async def on_event(self, event: Event) -> None:
        """Push a change, unless a newer one was pushed before."""
        if not isinstance(event, SharedChanged) or event.topic not in _SHARED:
            return
        revision, value, started = event.revision, json.loads(event.value), time.time_ns()
        if self._newer(event.topic, revision, value) != (revision, value):
            return
        sent = await self._push.send(shared_topic(event.topic), _SHARED[event.topic].channel, value=value)
        found = labels(Target.PUSH, Layer.HTTP, tabs=sent.tabs, bytes=sent.bytes) | _SEND
        self._feed.record_late("push shared", frozenset({event.request_id}), started, time.time_ns(), found)

    async def show(self, sid: str, shared: Shared[Any], value: object, revision: int) -> None:
        """Send the newest value that is known to one tab."""
        _, newest = self._newer(shared.topic, revision, value)
        await self._push.send(sid, shared.channel, value=newest)

    async def reread(self) -> None:
        """Push what tabs here follow as it is stored now; may raise `Unavailable`."""
        followed = [topic for topic in self._push.topics() if topic.startswith(shared_topic(""))]
        for topic in followed:
            if found := _SHARED.get(topic.removeprefix(shared_topic(""))):
                await self._reread(topic, found)

    async def _reread(self, topic: str, shared: Shared[Any]) -> None:
        try:
            value, revision = await shared.read()
        except Unavailable:
            raise
        except Exception:  # a demo's own; what others show is read again nevertheless
            _log.exception("%s could not be read again", shared.topic)
        else:
            await self.show(topic, shared, value, revision)

    def _newer(self, topic: str, revision: int, value: object) -> tuple[int, object]:
        known = self._newest.get(topic)
        if known is None or known[0] <= revision:
            known = self._newest[topic] = (revision, value)
        return known
