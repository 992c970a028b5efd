"""Limits on open websockets: for a session, a network and the process, and the notice on a page that is refused one."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import engineio
import pytest

from portfolio_app.app.late import Late
from portfolio_app.app.processor_time import Account
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.asgi import wrap
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.frames import full, registry
from portfolio_app.http.transport.frames.filter import FRAME_BURST
from portfolio_app.http.transport.frames.unread import MOST_PENDING_OVER
from portfolio_app.http.transport.headers import CUT_OFF
from portfolio_app.http.transport.middleware import websockets
from tests.unit.http.asgi import Handshake, Inner, handshake
from tests.unit.http.site import HYDRATE, OWN, FakeSite, cookie_of


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
    runtime.current().sockets.late = Late(0.0)
    for _ in range(registry.CONNECT_BURST):
        await handshake(wrap(Inner()), headers)
    asked = site.identified
    await handshake(wrap(Inner()), headers)
    assert asked == site.identified == registry.CONNECT_BURST


@pytest.mark.usefixtures("site")
async def test_an_address_that_tries_too_often_waits_for_its_refusal() -> None:
    sockets = runtime.current().sockets = registry.SocketRegistry(clock=lambda: 0.0)
    sockets.late = Late(0.3)
    for _ in range(registry.CONNECT_BURST):
        sockets.may_try("10.0.0.9")
    begun, refused = time.monotonic(), await handshake(wrap(Inner()), OWN)
    assert refused.close_code is None
    async with asyncio.timeout(20):
        while refused.close_code is None:
            await refused.settle()
    assert time.monotonic() - begun >= 0.3


async def test_a_client_over_budget_is_heard_again_when_most_of_what_it_asked_is_answered(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_account: Account, _work: str) -> bool:
        return True

    monkeypatch.setattr(Account, "begin", at_once)  # its turns come at once: they are not what it waits for
    tab = await handshake(wrap(Inner()), OWN)
    await tab.say(f"40/_event,{HYDRATE}")
    [socket] = sockets_of_the_site()
    asked = [asyncio.get_running_loop().create_future() for _ in range(MOST_PENDING_OVER)]
    for answer in asked:
        socket.unread.expect(answer)
    await tab.say("3")  # the wait that has begun is that of a client within its budget
    socket.account.spend(60)
    await tab.say("3")
    await tab.say("3")
    heard = tab.echoes.count("3")
    asked[0].set_result(None)
    await tab.settle()
    assert (heard, tab.echoes.count("3")) == (2, 3)
    await tab.leave()


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


async def test_a_long_message_is_followed_by_nothing_so_that_engine_io_does_not_keep_it(
    site: FakeSite,
) -> None:
    tab = await handshake(wrap(Inner()), OWN)
    await tab.say(f"40/_event,{HYDRATE}")
    said = [event_of("x" * size) for size in (10, 5_000, 10)]
    before = len(tab.echoes)
    for text in said:
        await tab.say(text)
    heard = tab.echoes[before:]
    assert [len(text) > 5_000 for text in heard] == [False, True, False, False]
    assert engineio.packet.Packet(encoded_packet=heard[2]).packet_type == engineio.packet.NOOP
    await tab.leave()


def event_of(text: str) -> str:
    """The first event of a page once more, with `text` in it."""
    event = json.loads(HYDRATE)["event"]
    event["router_data"] = {"pathname": "/", "query": {}}
    return "42/_event," + json.dumps(["event", event | {"payload": {"hashes": [text]}}])
