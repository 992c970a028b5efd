"""The whole stack around a websocket that echoes."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.asgi import wrap
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import visitor_of
from portfolio_app.http.transport.frames import full, registry
from portfolio_app.http.transport.frames.filter import FRAME_BURST
from portfolio_app.http.transport.headers import CUT_OFF, set_cookie
from portfolio_app.http.transport.middleware import websockets
from portfolio_app.http.transport.middleware.websockets import bound_token
from tests.unit.http.asgi import Handshake, Inner, handshake
from tests.unit.http.site import ORIGIN, FakeSite

OWN = {"origin": ORIGIN}
HYDRATE = json.dumps({"event": {"name": "reflex___state____state.hydrate_and_load"}})


def cookie_of(secret: SessionSecret) -> dict[str, str]:
    return {"cookie": set_cookie(secret).split(";")[0]}


async def test_a_tab_without_a_cookie_gets_one_with_the_handshake(site: FakeSite) -> None:
    inner = Inner()
    tab = await handshake(wrap(inner), OWN)
    assert tab.header("set-cookie") == set_cookie(visitor_of(inner.seen[0]).secret)
    assert len(tab.header("x-request-id") or "") == 32
    await tab.leave()


async def test_a_tab_with_a_cookie_is_its_sessions(site: FakeSite) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    tab = await handshake(wrap(inner), OWN | cookie_of(secret))
    seen = inner.headers()
    assert tab.header("set-cookie") is None
    assert (seen["x-portfolio-session"], seen["x-portfolio-trusted"]) == (secret.session_id, "1")
    await tab.leave()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", ORIGIN + ":8443", ORIGIN + "/"])
async def test_another_sites_page_can_not_open_a_websocket(site: FakeSite, origin: str) -> None:
    tab = await handshake(wrap(Inner()), {"origin": origin} | cookie_of(SessionSecret.generate()))
    assert not tab.accepted
    assert tab.close_code is not None


async def test_without_an_origin_the_cookie_counts_for_nothing(site: FakeSite) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    tab = await handshake(wrap(inner), cookie_of(secret))
    seen = inner.headers()
    assert seen["x-portfolio-session"] != secret.session_id
    assert seen["x-portfolio-trusted"] == "0"
    assert tab.header("set-cookie") is None
    await tab.leave()


async def test_reflex_sees_a_bound_token_and_only_the_headers_it_needs(site: FakeSite) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    extra = {
        "user-agent": "x" * 5000,
        "x-portfolio-session": "forged",
        "x-portfolio-ended": "1",
        "x-anything": "1",
    }
    tab = await handshake(wrap(inner), OWN | extra | cookie_of(secret))
    assert inner.headers().keys() == {
        "origin",
        "x-portfolio-session",
        "x-portfolio-trusted",
        "x-portfolio-network",
    }
    assert bound_token(secret.session_id, "0123456789abcdef") in inner.seen[0]["query_string"].decode()
    await tab.leave()


async def test_a_handshake_that_is_not_one_is_refused_and_counted(site: FakeSite) -> None:
    no_token = await handshake(wrap(Inner()), OWN, query=b"EIO=4&transport=websocket")
    elsewhere = await handshake(wrap(Inner()), OWN, path="/other")
    assert (no_token.accepted, elsewhere.accepted) == (False, False)
    assert runtime.current().sockets.refused["handshake"] == 2


async def test_a_revoked_sessions_tab_starts_anew_at_once_and_knows_why(site: FakeSite) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    await site.revoke(secret.session_id)
    tab = await handshake(wrap(inner), OWN | cookie_of(secret))
    assert inner.headers()["x-portfolio-session"] != secret.session_id
    assert inner.headers()["x-portfolio-ended"] == "1"
    assert tab.header("set-cookie") is not None
    await tab.leave()


async def test_a_session_being_replaced_right_now_has_to_wait_for_its_new_cookie(site: FakeSite) -> None:
    secret = SessionSecret.generate()
    await site.replace(secret.session_id)
    tab = await handshake(wrap(Inner()), OWN | cookie_of(secret))
    assert not tab.accepted


async def test_no_known_session_is_taken_at_its_word_while_the_database_is_away(site: FakeSite) -> None:
    site.database_is_up = False
    assert not (await handshake(wrap(Inner()), OWN | cookie_of(SessionSecret.generate()))).accepted


async def test_revoking_a_session_closes_its_sockets_and_no_others(site: FakeSite) -> None:
    mine, other = SessionSecret.generate(), SessionSecret.generate()
    mine_tab = await handshake(wrap(Inner()), OWN | cookie_of(mine))
    other_tab = await handshake(wrap(Inner()), OWN | cookie_of(other))
    await site.revoke(mine.session_id)
    await mine_tab.settle()
    assert (mine_tab.close_code, other_tab.close_code) == (1012, None)
    assert len(runtime.current().sockets) == 1
    await other_tab.leave()
    assert len(runtime.current().sockets) == 0


async def test_what_a_tab_says_is_filtered_and_the_rest_passes(site: FakeSite) -> None:
    tab = await handshake(wrap(Inner()), OWN)
    await tab.say(f"40/_event,{HYDRATE}")
    await tab.say('42/_event,["event",{"name":"no.such","payload":{}}]')
    await tab.say("3")
    assert [frame[:10] for frame in tab.echoes] == ["40/_event,", "3"]
    assert runtime.current().sockets.refused == {"unknown_event": 1}
    await tab.leave()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"data": b"x"}, 1003),
        ({"text": "4" * 70_000}, 1009),
        ({"text": '40/_event,{"event":{"name":"x"}}'}, 1008),
    ],
)
async def test_a_frame_against_the_rules_ends_the_connection(
    site: FakeSite, said: dict[str, Any], code: int
) -> None:
    tab = await handshake(wrap(Inner()), OWN)
    await tab.say(**said)
    assert (tab.close_code, tab.echoes) == (code, [])
    await tab.task


async def test_a_flood_ends_the_connection_unless_limits_are_off(site: FakeSite) -> None:
    flooded = await handshake(wrap(Inner()), OWN)
    site.install(limits=False)
    free = await handshake(wrap(Inner()), OWN)
    for tab in (flooded, free):
        for _ in range(FRAME_BURST + 20):
            await tab._inbox.put({"type": "websocket.receive", "text": "3"})
        for _ in range(50):
            await tab.settle()
    assert flooded.close_code == 1008
    assert (free.close_code, len(free.echoes)) == (None, FRAME_BURST + 20)
    await free.leave()


async def test_a_session_can_not_open_tabs_without_end_unless_limits_are_off(site: FakeSite) -> None:
    secret = SessionSecret.generate()
    tabs = [await handshake(wrap(Inner()), OWN | cookie_of(secret)) for _ in range(registry.PER_SESSION)]
    inner = Inner()
    one_more = await handshake(wrap(inner), OWN | cookie_of(secret))
    await one_more.say(f"40/_event,{HYDRATE}")
    assert told(one_more) == full.VISITOR
    assert (inner.seen, len(runtime.current().sockets)) == ([], registry.PER_SESSION)
    await one_more.leave()
    site.install(limits=False)
    more = await handshake(wrap(Inner()), OWN | cookie_of(secret))
    assert more.accepted
    for tab in (*tabs, more):
        await tab.leave()


async def test_a_site_that_is_full_says_so_on_the_page_and_has_it_not_come_back(site: FakeSite) -> None:
    site.install(most_sockets=1)
    first = await handshake(wrap(Inner()), OWN)
    second = await handshake(wrap(Inner()), OWN)
    await second.say(f"40/_event,{HYDRATE}")
    assert told(second) == full.SITE
    assert second.echoes[-1] == "41/_event,"  # a client does not try again after this
    assert runtime.current().sockets.refused == {"sockets_of_all": 1}
    await second.leave()
    await first.leave()
    third = await handshake(wrap(Inner()), OWN)
    assert len(runtime.current().sockets) == 1
    await third.leave()


async def test_few_pages_are_told_at_once_that_the_site_is_full(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full, "AT_ONCE", 1)
    site.install(most_sockets=0)
    first, second = [await handshake(wrap(Inner()), OWN) for _ in range(2)]
    assert (first.accepted, second.accepted) == (True, False)
    await first.leave()


async def test_a_page_that_does_not_listen_is_not_waited_for(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full, "WITHIN_S", 0.01)
    site.install(most_sockets=0)
    tab = await handshake(wrap(Inner()), OWN)
    await asyncio.wait_for(tab.task, 5)
    assert tab.close_code == 1013


async def test_a_connection_without_a_page_is_ended(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "CHECK_EVERY_S", 0.0)
    monkeypatch.setattr(websockets, "CONNECT_WITHIN_S", 3_600)
    silent, page = Cut(await handshake(wrap(Inner()), OWN)), Cut(await handshake(wrap(Inner()), OWN))
    await page.tab.say(f"40/_event,{HYDRATE}")
    watching = asyncio.create_task(runtime.current().sockets.watch())
    await silent.tab.settle()
    assert (silent.times, page.times) == (0, 0)
    monkeypatch.setattr(websockets, "CONNECT_WITHIN_S", -1)
    await silent.tab.settle()
    watching.cancel()
    assert (silent.times > 0, page.times) == (True, 0)
    assert runtime.current().sockets.refused["not_connected"] > 0
    for cut in (silent, page):
        await cut.tab.leave()


class Cut:
    """A tab whose connection counts how often it was cut off."""

    def __init__(self, tab: Handshake) -> None:
        self.tab = tab
        self.times = 0
        [new] = [socket for socket in sockets_of_the_site() if socket.cut_off is None]
        new.cut_off = self.count

    def count(self) -> None:
        self.times += 1


def told(tab: Handshake) -> str:
    """The sentence that a page was sent."""
    [event] = [frame for frame in tab.echoes if frame.startswith("42/_event,")]
    [delta] = json.loads(event.removeprefix("42/_event,"))[1]["delta"].values()
    return str(delta["refusal_rx_state_"])


async def test_an_address_that_tries_too_often_does_not_get_to_ask_the_database(site: FakeSite) -> None:
    headers = OWN | cookie_of(SessionSecret.generate())
    site.database_is_up = False
    # At one moment: with the real clock a slow machine would earn another try meanwhile.
    runtime.current().sockets = registry.SocketRegistry(clock=lambda: 0.0)
    for _ in range(registry.CONNECT_BURST):
        await handshake(wrap(Inner()), headers)
    asked = site.identified
    await handshake(wrap(Inner()), headers)
    assert asked == site.identified == registry.CONNECT_BURST


async def test_a_client_that_leaves_is_not_heard_to_the_end(site: FakeSite) -> None:
    left: list[Callable[[], None]] = []
    inner = Inner()
    tab = await handshake(wrap(inner), OWN, extensions={CUT_OFF: {"on_left": left.append}})
    await tab.say(f"40/_event,{HYDRATE}")
    [socket] = sockets_of_the_site()
    socket.account.pending["an event that runs"] = None
    [leave] = left
    leave()
    await tab.say("3")
    await asyncio.wait_for(tab.task, 5)
    assert ("3" in tab.echoes, socket.account.ended) == (False, True)
    assert len(runtime.current().sockets) == 0


async def test_what_a_client_said_last_is_heard_although_it_has_left(site: FakeSite) -> None:
    left: list[Callable[[], None]] = []
    tab = await handshake(wrap(Inner()), OWN, extensions={CUT_OFF: {"on_left": left.append}})
    left[0]()
    await tab.say("3")
    assert tab.echoes == ["3"]
    await tab.leave()


async def test_a_client_whose_line_is_dead_is_cut_off_while_it_is_not_listened_to(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead: list[bool] = []
    cut: list[bool] = []
    extension = {"has_left": lambda: bool(dead), "call": lambda: cut.append(True)}
    tab = await handshake(wrap(Inner()), OWN, extensions={CUT_OFF: extension})
    await tab.say(f"40/_event,{HYDRATE}")
    [socket] = sockets_of_the_site()
    socket.check(0.0)
    socket.account.pending["an event that runs"] = None
    socket.check(0.0)
    assert (cut, socket.account.ended) == ([], False)
    dead.append(True)
    socket.check(0.0)
    assert (cut, socket.account.ended) == ([True], True)
    await tab.leave()


def sockets_of_the_site() -> list[Any]:
    sockets = runtime.current().sockets
    return [socket for session in sockets.sessions() for socket in sockets._open.of(session)]
