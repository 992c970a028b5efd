"""Pages that could not be read while the database was away: one is tried at a time, then several."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import reflex as rx
from reflex.istate.manager.token import BaseStateToken

from portfolio_app.http.transport import resync as module
from portfolio_app.http.transport.resync import Reopening, UnreadPage
from tests.waiting import until


@dataclass
class Tabs:
    """Tabs whose pages wait for a database; `states` counts how many are read at the same time."""

    gone: set[str] = field(default_factory=set)
    tried: list[str] = field(default_factory=list)
    is_up: bool = False
    reading: int = 0
    most: int = 0

    @asynccontextmanager
    async def modify(self, token: Any) -> AsyncIterator[Any]:
        self.reading += 1
        self.most = max(self.most, self.reading)
        await asyncio.sleep(0)  # the state's lock: others come meanwhile
        yield token.ident
        self.reading -= 1

    async def read(self, name: Any) -> bool:
        self.tried.append(name)
        return self.is_up

    def page(self, name: str) -> UnreadPage:
        return UnreadPage(name, BaseStateToken(ident=name, cls=rx.State), self.read)


@pytest.fixture
async def reopening(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Reopening, Tabs]]:
    monkeypatch.setattr(module, "REOPEN_EVERY_S", 0.001)
    tabs = Tabs()
    found = Reopening(tabs.modify, lambda sid: sid not in tabs.gone)
    running = asyncio.create_task(found.run())
    yield found, tabs
    running.cancel()


async def test_pages_are_tried_one_at_a_time_until_the_database_is_back_and_then_several(
    reopening: tuple[Reopening, Tabs],
) -> None:
    waiting, tabs = reopening
    names = [f"tab {n}" for n in range(30)]
    for name in names:
        waiting.add(tabs.page(name))
    await until(lambda: len(tabs.tried) > 40)
    assert (tabs.most, set(tabs.tried)) == (1, set(names)), "each gets its turn"
    tabs.is_up = True
    tried = len(tabs.tried)
    await until(lambda: not waiting.waiting)
    assert sorted(tabs.tried[tried:]) == sorted(names)
    assert tabs.most == module.REOPENED_AT_ONCE


async def test_a_page_of_a_tab_that_left_or_has_opened_another_is_not_read(
    reopening: tuple[Reopening, Tabs],
) -> None:
    waiting, tabs = reopening
    tabs.gone = {"left"}
    waiting.add(tabs.page("left"))
    waiting.add(UnreadPage("moved", BaseStateToken(ident="before", cls=rx.State), tabs.read))
    waiting.add(UnreadPage("moved", BaseStateToken(ident="after", cls=rx.State), tabs.read))
    tabs.is_up = True
    await until(lambda: not waiting.waiting)
    assert tabs.tried == ["after"]


async def test_a_page_that_fails_otherwise_is_logged_and_keeps_no_other_from_being_read(
    reopening: tuple[Reopening, Tabs], caplog: pytest.LogCaptureFixture
) -> None:
    waiting, tabs = reopening

    async def fail(_state: object) -> bool:
        raise ValueError

    waiting.add(UnreadPage("broken", BaseStateToken(ident="broken", cls=rx.State), fail))
    waiting.add(tabs.page("whole"))
    tabs.is_up = True
    await until(lambda: not waiting.waiting)
    assert tabs.tried == ["whole"]
    assert "a page could not be read again" in caplog.text
