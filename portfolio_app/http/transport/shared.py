"""Values that all visitors see: one channel each, pushed to every tab that follows it, on every worker."""

import json
import time
import types
from typing import Any, Final, Generic, TypeVar

import reflex as rx

from portfolio_app.app.events import Event, SharedChanged
from portfolio_app.app.ports.live_feed import LiveFeed
from portfolio_app.app.ports.trace import Layer, Target, labels, source
from portfolio_app.http.transport.caller import current_request_id
from portfolio_app.http.transport.push import Push, shared_topic
from portfolio_app.http.transport.runtime import part, services

T = TypeVar("T")
_SEND: Final = source(Push.send.__code__)
_VAR: Final = "value"
_CHANNELS: Final[dict[str, type[rx.State]]] = {}


class Shared(Generic[T]):
    """A value by the name of its topic; `value` shows it on a page, and shows nothing before it is known.

    No state holds it: it lives wherever its owner keeps it. `revision` grows with every change there, so that the
    newest wins, whatever order changes arrive in.
    """

    def __init__(self, topic: str, channel: type[rx.State]) -> None:
        self.topic = topic
        self.channel = channel
        self.value: rx.Var[Any] = getattr(channel, _VAR)

    async def follow(self, state: rx.State) -> None:
        """Send each change to the tab of `state` from now on; read the value after this, then `show` it."""
        await part(Push).join(state.router.session.session_id, shared_topic(self.topic))

    async def show(self, state: rx.State, value: T, revision: int) -> None:
        """Send a value to the tab of `state` alone, unless a newer one is known here."""
        await part(SharedValues).show(state.router.session.session_id, self.topic, value, revision)

    async def publish(self, value: T, revision: int) -> None:
        """Send a change, once it is stored, to every tab that follows."""
        changed = SharedChanged(self.topic, revision, json.dumps(value), current_request_id())
        await services().bus.publish(changed)


def shared(topic: str, kind: type[T]) -> Shared[T]:
    """A value of `kind`, which JSON must know, for all visitors; one for each topic."""
    namespace = {"__module__": __name__, "__annotations__": {_VAR: kind | None}, _VAR: None}
    name = f"Shared{topic.title().replace('_', '')}"
    channel = types.new_class(name, (rx.State,), exec_body=lambda body: body.update(namespace))
    _CHANNELS[topic] = channel
    return Shared(topic, channel)


class SharedValues:
    """Subscribes to the bus: every change becomes one frame for the tabs that follow it."""

    def __init__(self, push: Push, feed: LiveFeed) -> None:
        self._push = push
        self._feed = feed
        self._newest: dict[str, tuple[int, object]] = {}

    async def on_event(self, event: Event) -> None:
        """Push a change, unless a newer one was pushed before."""
        if not isinstance(event, SharedChanged) or event.topic not in _CHANNELS:
            return
        revision, value, started = event.revision, json.loads(event.value), time.time_ns()
        if self._newer(event.topic, revision, value) != (revision, value):
            return
        sent = await self._push.send(shared_topic(event.topic), _CHANNELS[event.topic], value=value)
        found = labels(Target.PUSH, Layer.HTTP, tabs=sent.tabs, bytes=sent.bytes) | _SEND
        self._feed.record_late("push shared", frozenset({event.request_id}), started, time.time_ns(), found)

    async def show(self, sid: str, topic: str, value: object, revision: int) -> None:
        """Send the newest value that is known to one tab."""
        _, newest = self._newer(topic, revision, value)
        await self._push.send(sid, _CHANNELS[topic], value=newest)

    def _newer(self, topic: str, revision: int, value: object) -> tuple[int, object]:
        known = self._newest.get(topic)
        if known is None or known[0] <= revision:
            known = self._newest[topic] = (revision, value)
        return known
