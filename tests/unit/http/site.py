"""A running site for one test: fake ports behind the real http layer."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from portfolio_app.app.account.identify import Identity
from portfolio_app.app.account.redeem import Redeemed
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import SessionEnded, TicketRefused, Unavailable
from portfolio_app.app.events import Event, SessionRevoked
from portfolio_app.app.page_views import CountPageViews
from portfolio_app.domain.account.session import SessionSecret, visitor_tag
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import current_request_id
from portfolio_app.http.transport.headers import set_cookie
from tests.fakes.clock import FakeClock
from tests.fakes.live_feed import FakeLiveFeed
from tests.fakes.metrics import FakeMetrics
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork

ORIGIN = "https://site.example"
OWN = {"origin": ORIGIN}
"""What a browser says in the handshake of a page of this site."""
HYDRATE = json.dumps({"event": {"name": "reflex___state____state.hydrate_and_load"}})
"""With what a page connects."""


def cookie_of(secret: SessionSecret) -> dict[str, str]:
    """The header with which a browser sends the session back."""
    return {"cookie": set_cookie(secret).split(";")[0]}


class OpenSealer:
    """Seals with hex, so that a test can look inside; whatever is not its own hex is forged.

    Capital letters are those of a former secret.
    """

    def seal(self, text: str) -> str:
        return "sealed-" + text.encode().hex()

    def open(self, token: str, max_age: timedelta) -> str | None:
        try:
            return bytes.fromhex(token.removeprefix("sealed-")).decode()
        except ValueError:
            return None

    def reseal(self, token: str) -> str | None:
        text = self.open(token, timedelta())
        return None if text is None or token == self.seal(text) else self.seal(text)


def _views() -> CountPageViews:
    clock = FakeClock()
    return CountPageViews(FakeUnitOfWork(Store(), clock), clock)


@dataclass
class DirectBus:
    subscribers: list[Callable[[Event], Awaitable[None]]] = field(default_factory=list)

    def subscribe(self, subscriber: Callable[[Event], Awaitable[None]]) -> None:
        self.subscribers.append(subscriber)

    async def publish(self, *events: Event) -> None:
        for event in events:
            for subscriber in self.subscribers:
                await subscriber(event)


@dataclass
class FakeSite:
    """The services as far as the http layer calls them."""

    revoked: set[str] = field(default_factory=set)
    database_is_up: bool = True
    identified: int = 0
    ticket: str = "good-ticket"
    traces: list[str] = field(default_factory=list)
    was_guessed_at: bool = False
    new_secret: SessionSecret = field(default_factory=SessionSecret.generate)
    bus: DirectBus = field(default_factory=DirectBus)
    sealer: OpenSealer = field(default_factory=OpenSealer)
    metrics: FakeMetrics = field(default_factory=FakeMetrics)
    views: CountPageViews = field(default_factory=_views)
    live_feed: FakeLiveFeed = field(default_factory=FakeLiveFeed)

    async def identify(self, caller: Caller) -> Identity:
        self.identified += 1
        if not self.database_is_up:
            raise Unavailable
        if caller.session_id in self.revoked:
            raise SessionEnded
        return Identity(None, visitor_tag(caller.session_id))

    async def post_message(self, _caller: Caller, _command: object) -> None:
        raise Unavailable

    async def find_room(self, slug: str) -> Room:
        return Room(RoomSlug(slug), slug)

    async def redeem_ticket(self, caller: Caller, ticket: str, device: str = "") -> Redeemed:
        self.traces.append(current_request_id())
        if ticket != self.ticket:
            raise TicketRefused
        await self.replace(caller.session_id)
        return Redeemed(self.new_secret, self.was_guessed_at)

    async def revoke(self, session_id: str) -> None:
        self.revoked.add(session_id)
        await self.bus.publish(SessionRevoked(session_id))

    async def replace(self, session_id: str) -> None:
        self.revoked.add(session_id)
        await self.bus.publish(SessionRevoked(session_id, replaced=True))

    def install(self, *, checks: Any = None, **options: Any) -> runtime.Runtime:
        """Make this the running site; `options` are `HttpOptions`."""
        given = {"allowed_origins": frozenset({ORIGIN}), **options}
        services: Any = SimpleNamespace(
            identify=self.identify,
            post_message=self.post_message,
            find_room=self.find_room,
            redeem_ticket=self.redeem_ticket,
            bus=self.bus,
            sealer=self.sealer,
            metrics=self.metrics,
            count_page_views=self.views,
            live_feed=self.live_feed,
            checks=checks or {},
        )
        return runtime.install(services, runtime.HttpOptions(**given))
