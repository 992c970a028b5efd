"""The bus: it brings committed changes to every worker."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from portfolio_app.app.events import Event

Subscriber = Callable[[Event], Awaitable[None]]


class Bus(Protocol):
    """Publish and subscribe. Delivery is at most once; after a loss between workers, `EventsMissed` is delivered."""

    async def publish(self, *events: Event) -> None:
        """Hand events to every subscriber of every worker; never raises.

        Those of one publisher arrive in their order, but for traces, which wait until nothing else does; at other
        workers, traces, runs and presence may overtake the rest.
        """
        ...

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber of this worker; one that raises is logged and keeps its subscription."""
        ...

    async def start(self) -> None:
        """Begin to deliver."""
        ...

    async def stop(self) -> None:
        """Deliver what is queued, then end."""
        ...
