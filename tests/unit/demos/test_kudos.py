"""The demo kudos, and what a value that is shared keeps to."""

import asyncio
import json

import pytest

from portfolio_app.app.errors import RateLimited
from portfolio_app.app.events import SharedChanged
from portfolio_app.app.ports.limiter import Rate
from portfolio_app.demo import table
from portfolio_app.demos.kudos import GIVEN, Kudos, KudosRow
from portfolio_app.http.transport import shared as module
from portfolio_app.http.transport.runtime import part
from portfolio_app.http.transport.shared import Shared, SharedValues
from tests.unit.demos.conftest import DemoSite


async def test_every_visitor_sees_what_all_have_given(demo_site: DemoSite) -> None:
    first, second = demo_site.tab(Kudos), demo_site.tab(Kudos)
    await first.read()
    assert demo_site.shown(GIVEN) == [0]
    await first.give()
    await second.give()
    assert demo_site.shown(GIVEN) == [0, 1, 2]
    await second.read()
    assert demo_site.frames[-1][2] == 2


async def test_what_is_given_at_the_same_time_is_added_up(demo_site: DemoSite) -> None:
    await asyncio.gather(*(demo_site.tab(Kudos).give() for _ in range(20)))
    late = demo_site.tab(Kudos)
    await late.read()
    assert demo_site.frames[-1][2] == 20


async def test_one_visitor_is_limited_and_told_so(demo_site: DemoSite) -> None:
    demo_site.limiter.allowed[Rate("demo.kudos.give", 5, 10)] = 2
    tab, other = demo_site.tab(Kudos), demo_site.tab(Kudos)
    for _ in range(3):
        await tab.give()
    assert tab.problem == str(RateLimited(7))
    await other.give()
    assert other.problem == ""
    assert demo_site.shown(GIVEN) == [1, 2, 3]


async def test_one_address_is_limited_however_many_sessions_it_makes(demo_site: DemoSite) -> None:
    demo_site.limiter.allowed[Rate("demo.kudos.give.network", 60, 10)] = 3
    tabs = [demo_site.tab(Kudos) for _ in range(5)]
    for tab in tabs:
        await tab.give()
    assert demo_site.shown(GIVEN) == [1, 2, 3]
    assert tabs[-1].problem == str(RateLimited(7))


async def test_the_newest_value_wins_whatever_order_changes_arrive_in(demo_site: DemoSite) -> None:
    values = part(SharedValues)
    for revision in (3, 2, 4):
        await values.on_event(SharedChanged("kudos", revision, json.dumps(revision)))
    assert demo_site.shown(GIVEN) == [3, 4]
    # A tab that reads what was stored before the last change: the push is faster than the answer to its own event.
    await demo_site.tab(Kudos).read()
    assert demo_site.shown(GIVEN) == [3, 4, 4]


async def test_after_events_of_other_workers_were_lost_what_is_stored_is_pushed_to_those_that_follow(
    demo_site: DemoSite,
) -> None:
    await demo_site.tab(Kudos).read()
    await table(KudosRow).increase(1, given=3)  # by another worker, whose event is lost
    await part(SharedValues).reread()
    assert demo_site.frames[1:] == [("shared:kudos", GIVEN.channel, 3)]
    await part(SharedValues).reread()
    assert demo_site.shown(GIVEN) == [0, 3, 3]


async def test_a_value_that_cannot_be_read_again_keeps_no_other_from_it(
    demo_site: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> tuple[int, int]:
        raise ZeroDivisionError

    monkeypatch.setitem(module._SHARED, "broken", Shared("broken", GIVEN.channel, broken))
    demo_site.joined += ["shared:broken", "shared:gone", "room:lobby"]
    await demo_site.tab(Kudos).read()
    await part(SharedValues).reread()
    assert demo_site.frames[1:] == [("shared:kudos", GIVEN.channel, 0)]


async def test_a_value_of_no_demo_is_left_alone(demo_site: DemoSite) -> None:
    await part(SharedValues).on_event(SharedChanged("gone", 1, "1"))
    assert demo_site.frames == []
