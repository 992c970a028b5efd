"""A site for demos: their own handlers on a migrated database, with what is pushed kept to look at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from reflex.istate.data import RouterData

from portfolio_app.demo import Demo
from portfolio_app.http.transport.push import Push, Sent
from portfolio_app.http.transport.shared import Shared, SharedValues
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.migrate import upgrade
from tests.fakes.limiter import FakeLimiter
from tests.unit.http.site import FakeSite


@dataclass
class DemoSite:
    """Tabs of visitors, each of a session of its own, and the frames they were sent."""

    limiter: FakeLimiter = field(default_factory=FakeLimiter)
    frames: list[tuple[str, type[rx.State], object]] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    visitors: int = 0

    def tab(self, demo: type[Demo]) -> Any:
        """The state of a tab that a new visitor has open."""
        self.visitors += 1
        state: Any = demo(_reflex_internal_init=True)  # type: ignore[call-arg] # how Reflex makes them
        facts = {"x-portfolio-session": f"{self.visitors:032x}", "x-portfolio-network": "192.0.2.1"}
        state.router = RouterData.from_router_data({"headers": facts, "sid": f"tab {self.visitors}"})
        return state

    def shown(self, value: Shared[Any]) -> list[object]:
        """Everything that was pushed as `value`, to one tab or to all."""
        return [pushed for _, state, pushed in self.frames if state is value.channel]


class _Push(Push):
    def __init__(self, site: DemoSite) -> None:
        self._site = site

    async def join(self, sid: str, topic: str) -> None:
        self._site.joined.append(topic)

    def topics(self) -> list[str]:
        return list(dict.fromkeys(self._site.joined))

    async def send(self, topic: str, state: type[rx.State], **channels: object) -> Sent:
        self._site.frames.append((topic, state, *channels.values()))
        return Sent(1, 1)


@pytest.fixture
def demo_site(tmp_path: Path) -> Iterator[DemoSite]:
    """The site, on a new SQLite database."""
    url = f"sqlite:///{tmp_path}/demo.db"
    upgrade(url)
    database, site, fake = Database(url, system_clock), DemoSite(), FakeSite()
    running = fake.install()
    services: Any = running.services
    services.unit_of_work, services.limiter = database.unit_of_work, site.limiter
    push = running.add(_Push(site))
    running.parts[Push] = push
    values = running.add(SharedValues(push, SimpleNamespace(record_late=lambda *_: None)))  # type: ignore[arg-type]
    fake.bus.subscribe(values.on_event)
    yield site
    database.close()
