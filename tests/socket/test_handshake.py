"""Who a websocket belongs to, and who may open one."""

import json
import re

import pytest

from tests.site import Site, peers_of
from tests.socket.client import Refused, Tab, open_tab
from tests.socket.visitor import Visitor
from tests.waiting import until

pytestmark = pytest.mark.server


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "http://localhost"])
async def test_a_page_of_another_site_can_not_open_a_websocket(visitor: Visitor, origin: str) -> None:
    said = "403, Not from this origin: see PUBLIC_URL.: request [0-9a-f]{32}"
    why = f"{said} to ws://.* with a cookie, origin {re.escape(origin)}$"
    with pytest.raises(Refused, match=why):
        async with visitor.tab(origin=origin):
            pass


@pytest.mark.parametrize("host", ["localhost:4711", "127.0.0.1:1", "192.168.0.7:3000", "[::1]:3000"])
async def test_a_forwarded_port_and_an_address_of_a_lan_are_this_site(visitor: Visitor, host: str) -> None:
    async with open_tab(f"http://{host}", through=visitor.site.url, headers=visitor.proxy) as tab:
        await tab.boot()
        assert tab.value("identity_state", "tag")
        with pytest.raises(AssertionError, match=r"'no_such_state' has come; .*identity_state"):
            tab.find("no_such_state")


async def test_a_refused_page_and_the_log_name_the_setting(site: Site, visitor: Visitor) -> None:
    with pytest.raises(Refused):
        async with visitor.tab(origin="http://lan.example:3000"):
            pass
    assert site.output().count("refused the origin http://lan.example:3000: PUBLIC_URL is not set") == 1
    asked = await visitor.http.get("/api/connection", params={"at": "http://lan.example:3000"})
    assert asked.json()["reason"] == "origin"
    assert "PUBLIC_URL" in asked.json()["words"]
    assert (await visitor.http.get("/api/connection", params={"at": site.url})).json()[
        "reason"
    ] == "websocket"


async def test_without_an_origin_a_members_cookie_makes_nobody_of_anybody(visitor: Visitor) -> None:
    await visitor.register()
    async with visitor.tab(origin=None) as tab:
        await tab.boot()
        assert tab.value("identity_state", "signed_in") is False
        assert tab.value("identity_state", "username") == ""


async def test_a_tab_keeps_its_state_over_a_reconnect(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/sign-in?error=expired")
        token = tab.token
        await fail_to_sign_in(tab)
    await until_left(visitor, tab)
    async with visitor.tab(token=token) as again:
        await again.boot()
        assert again.value("sign_in_state", "error")


async def test_a_token_replayed_from_another_session_finds_an_empty_state(
    visitor: Visitor, other: Visitor
) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/sign-in")
        await fail_to_sign_in(tab)
        inner = tab.state["reflex___state____state"]["rx_router_session"]["client_token"]
    await until_left(visitor, tab)
    for token in (tab.token, inner):
        async with other.tab(token=token) as thief:
            await thief.boot()
            assert not thief.value("sign_in_state", "error")


async def test_a_token_replayed_while_its_tab_is_open_does_not_touch_that_tab(
    visitor: Visitor, other: Visitor
) -> None:
    async with visitor.tab() as tab, other.tab(token=tab.token) as thief:
        await tab.boot("/sign-in")
        await thief.boot("/sign-in")
        await fail_to_sign_in(thief)
        await tab.settle()
        assert not tab.value("sign_in_state", "error")


async def test_headers_forged_as_the_servers_own_count_for_nothing(visitor: Visitor, other: Visitor) -> None:
    username = await visitor.register()
    victim = (await session_of(visitor))["x-portfolio-session"]
    forged = {"x-portfolio-session": victim, "x-portfolio-trusted": "1", "x-portfolio-network": "9.9.9.9"}
    async with other.tab(headers=forged) as tab:
        await tab.boot()
        seen = tab.state["reflex___state____state"]["rx_router_headers"]["raw_headers"]
        assert victim not in str(seen)
        assert seen["x-portfolio-network"] != "9.9.9.9"
        assert tab.value("identity_state", "username") != username


async def test_headers_forged_inside_an_event_count_for_nothing(visitor: Visitor, other: Visitor) -> None:
    username = await visitor.register()
    victim = await session_of(visitor)
    async with other.tab() as tab:
        await tab.boot()
        route = {"pathname": "/", "asPath": "/", "query": {}, "headers": victim, "ip": "9.9.9.9"}
        event = {"name": f"{tab.find('identity_state')}.load", "payload": {}, "router_data": route}
        await tab.raw("42/_event," + json.dumps(["event", event]))
        await tab.settle()
        assert tab.value("identity_state", "username") != username


@pytest.mark.parametrize("damage", ["{}x", "x{}", "{}" + "A" * 4000])
async def test_a_cookie_that_was_tampered_with_makes_a_new_guest(visitor: Visitor, damage: str) -> None:
    await visitor.register()
    assert visitor.cookie is not None
    name, _, value = visitor.cookie.partition("=")
    async with visitor.tab(cookie=f"{name}={damage.format(value)}") as tab:
        await tab.boot()
        assert tab.set_cookie is not None
        assert tab.value("identity_state", "signed_in") is False


@pytest.mark.parametrize(
    "query",
    [
        "EIO=4&transport=websocket",
        "EIO=4&transport=websocket&token=",
        "EIO=4&transport=websocket&token=" + "x" * 5000,
        "EIO=4&transport=polling&token=0123456789abcdef",
        "EIO=3&transport=websocket&token=0123456789abcdef",
    ],
)
async def test_a_handshake_without_a_proper_token_is_refused(visitor: Visitor, query: str) -> None:
    with pytest.raises(Refused):
        async with visitor.tab(query=query):
            pass


async def test_the_polling_transport_is_closed_for_every_method(site: Site, visitor: Visitor) -> None:
    for method in ("GET", "POST"):
        for query in ("EIO=4&transport=polling", "EIO=4&transport=websocket&sid=x"):
            answer = await visitor.http.request(method, f"/_event/?{query}", content="40/_event,")
            assert answer.status_code == 404


async def test_every_answer_names_its_request(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        assert len(tab.socket.response.headers["x-request-id"]) == 32
    for path in ("/api/live", "/api/ready", "/api/nothing", "/nothing"):
        answer = await visitor.http.get(path)
        assert len(answer.headers["x-request-id"]) == 32


async def test_a_tab_without_a_cookie_is_given_one_of_a_safe_kind(site: Site) -> None:
    async with open_tab(site.url) as tab:
        assert tab.set_cookie is not None
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(tab.set_cookie.split("; "))


async def until_left(visitor: Visitor, tab: Tab) -> None:
    """Wait until the server has noticed that a tab was closed: until then its token is in use."""
    port = tab.socket.local_address[1]
    await until(lambda: port not in peers_of(visitor.site.process.pid))


async def fail_to_sign_in(tab: Tab) -> None:
    form = {"email": "", "password": ""}
    await tab.call(f"{tab.find('sign_in_state')}.submit", {"form": form}, path="/sign-in")
    await tab.until(lambda: tab.value("sign_in_state", "error"))


async def test_a_tabs_state_keeps_of_its_handshake_the_origin_and_what_the_site_says_of_it(
    visitor: Visitor,
) -> None:
    own = {"x-portfolio-session", "x-portfolio-trusted", "x-portfolio-network"}
    assert (await session_of(visitor)).keys() == own | {"origin", "asgi-scope-client"}


async def session_of(visitor: Visitor) -> dict[str, str]:
    async with visitor.tab() as tab:
        await tab.boot()
        headers: dict[str, str] = tab.state["reflex___state____state"]["rx_router_headers"]["raw_headers"]
        return headers
