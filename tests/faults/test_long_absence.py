"""Tabs that were away for long, rooms that went on without them, sessions that ended meanwhile."""

import asyncio
from collections.abc import Iterator

import psutil
import pytest

from tests.faults.seed import add_room, fill_room, run
from tests.site import Site
from tests.socket.conftest import backend
from tests.socket.room import post
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server

MANY = 10_000
OPENED_WITHIN_S = 0.3
"""Of processor time."""
STATE_EXPIRY_S = 1
SESSION_ENDED = "Your session has ended. Reload the page to go on."


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def old_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose lobby has a long past; it forgets the state of a tab within seconds."""
    folder = tmp_path_factory.mktemp("old")
    chosen = {"DATABASE_URL": f"sqlite:///{folder / 'portfolio.db'}"}
    if request.param == "postgres":
        chosen = {"DATABASE_URL": request.getfixturevalue("own_postgres").url}
    with backend(
        folder,
        RATE_LIMITS="off",
        REFLEX_REDIS_TOKEN_EXPIRATION=str(STATE_EXPIRY_S),
        **chosen,
    ) as site:
        fill_room(chosen["DATABASE_URL"], "lobby", MANY)
        add_room(chosen["DATABASE_URL"], "attic")
        yield site


def processor_s(site: Site) -> float:
    """What the server has used so far, whatever else the machine is doing."""
    times = psutil.Process(site.process.pid).cpu_times()
    return times.user + times.system


async def test_a_room_with_many_messages_opens_fast(old_site: Site) -> None:
    async with Visitor(old_site) as visitor, visitor.tab() as first:
        await first.boot("/chat")
        took = []
        for _ in range(5):
            async with visitor.tab() as tab:
                began = processor_s(old_site)
                await tab.boot("/chat")
                took.append(processor_s(old_site) - began)
                window = tab.value("chat_state", "window")
                assert window["rev"] == MANY
                assert [row["body"] for row in window["rows"]][-1] == f"old {MANY}"
                assert len(window["rows"]) == 60
        assert sorted(took)[len(took) // 2] < OPENED_WITHIN_S


async def test_a_tab_far_behind_starts_over_with_the_window(old_site: Site) -> None:
    async with Visitor(old_site) as visitor, visitor.tab() as tab:
        await tab.boot("/chat")
        tab.state[tab.find("chat_state")]["window"] = None
        began = processor_s(old_site)
        await tab.call(f"{tab.find('chat_state')}.repair", {"after": MANY - 5_000}, path="/chat")
        await tab.until(lambda: tab.value("chat_state", "window"))
        assert processor_s(old_site) - began < OPENED_WITHIN_S
        assert tab.value("chat_state", "window")["rev"] == MANY


async def test_a_tab_a_little_behind_gets_exactly_what_it_missed(old_site: Site) -> None:
    async with Visitor(old_site) as visitor, visitor.tab() as tab:
        await tab.boot("/chat")
        missed, after = [], MANY - 400
        while after < MANY:
            await tab.call(f"{tab.find('chat_state')}.repair", {"after": after}, path="/chat")
            await tab.until(lambda had=after: (tab.value("room_feed", "settled") or 0) > had)
            missed += [row["rev"] for row in tab.value("room_feed", "arrivals")]
            after = tab.value("room_feed", "settled")
            assert tab.value("room_feed", "more") == (after if after < MANY else 0)
        assert missed == list(range(MANY - 399, MANY + 1))


async def test_a_tab_whose_state_was_forgotten_still_posts_into_its_own_room(old_site: Site) -> None:
    async with Visitor(old_site) as visitor, visitor.tab() as tab:
        await tab.boot("/chat/attic")
        await asyncio.sleep(STATE_EXPIRY_S + 1)  # the server's own clock decides when it is
        await post(tab, "still up here", path="/chat/attic")
        assert tab.value("chat_state", "outcome")["error"] == ""
        async with visitor.tab() as fresh:
            await fresh.boot("/chat/attic")
            assert [row["body"] for row in fresh.value("chat_state", "window")["rows"]] == ["still up here"]


async def test_a_tab_whose_session_expires_is_closed_posts_nothing_and_a_reload_gets_a_new_one(
    old_site: Site,
) -> None:
    async with Visitor(old_site) as visitor:
        async with visitor.tab() as tab:
            await tab.boot("/chat/attic")
            await post(tab, "while it lasts", path="/chat/attic")
            database = old_site.environment["DATABASE_URL"]
            run(database, "UPDATE sessions SET expires_at = '2026-01-01 00:00:00'")
            # The server may close the connection before it has answered this post.
            late = {"client_id": "too-late", "body": "too late"}
            await tab.call(f"{tab.find('chat_state')}.send", late, path="/chat/attic")
            assert await tab.closed() == 1012
        async with visitor.tab() as reloaded:
            assert reloaded.set_cookie
            await reloaded.boot("/chat/attic")
            shown = [row["body"] for row in reloaded.value("chat_state", "window")["rows"]]
            assert shown[-1] == "while it lasts"
            await post(reloaded, "new again", path="/chat/attic")
            assert reloaded.value("chat_state", "outcome")["error"] == ""


async def test_a_tab_of_a_session_ended_elsewhere_is_told_at_once(old_site: Site) -> None:
    async with Visitor(old_site) as visitor, visitor.tab() as tab:
        await tab.boot("/chat/attic")
        name = await visitor.register()
        await tab.closed()
        async with visitor.tab() as one, visitor.tab() as two:
            await one.boot("/")
            await two.boot("/chat/attic")
            await visitor.exchange(await visitor.ticket(one, name))
            await post(two, "from before", path="/chat/attic")
            assert two.value("chat_state", "outcome")["error"] == SESSION_ENDED
