"""Who may follow a session from a terminal: by a key or a cookie, so many at once, until the session ends."""

import asyncio

import httpx
import pytest

from portfolio_app.http.log.stream import PER_NETWORK, PER_SESSION
from tests.site import Site
from tests.socket.client import Tab
from tests.socket.room import post
from tests.socket.terminal import follow, posts
from tests.socket.visitor import COOKIE, Visitor
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.server


async def key_header(tab: Tab) -> dict[str, str]:
    """The header in the command that the page shows."""
    tab.events.clear()
    await tab.call(f"{tab.find('stream_state')}.reveal", path="/")
    await tab.until(lambda: tab.events)
    [event] = tab.events
    assert event["payload"]["ref"] == "ref_stream_command"
    command = event["payload"]["value"]
    header, _, address = command.removeprefix("curl -N -H '").partition("' ")
    assert address.startswith("'http")
    assert address.endswith("/api/stream'")
    name, _, value = header.partition(": ")
    return {name: value}


async def test_the_command_on_the_page_needs_no_cookie(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/chat/lobby")
        key = await key_header(tab)
        async with follow(site, key | visitor.proxy) as terminal:
            await post(tab, "message 1")
            await terminal.until(lambda: posts(terminal) == 1)
            assert "set-cookie" not in terminal.headers
            await terminal.until(lambda: "stream started" in terminal.saw("demo.sse"))
        secret = key["Authorization"].removeprefix("Bearer ")
        assert secret not in str(tab.state)
    assert secret not in site.output()
    assert secret not in str(terminal.rows)


@pytest.mark.parametrize(
    "key", ["", "forged", "gAAAAAB" + "x" * 100, "x" * 8_000, "é", "%00", "'; DROP TABLE--"]
)
async def test_a_forged_key_opens_nothing(site: Site, visitor: Visitor, key: str) -> None:
    headers = {"authorization": f"Bearer {key}".strip().encode("latin-1"), **visitor.proxy}
    answer = await visitor.http.get("/api/stream", headers=headers)
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert answer.json()["error"]["text"].startswith("That key has expired")


async def test_a_good_key_in_the_address_is_refused_in_words_and_written_nowhere(
    site: Site, visitor: Visitor
) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/")
        secret = (await key_header(tab))["Authorization"].removeprefix("Bearer ")
    answer = await visitor.http.get("/api/stream", params={"key": secret}, headers=visitor.jar)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "curl -H 'Authorization: Bearer KEY'" in answer.json()["error"]["text"]
    assert secret not in answer.text + site.output()


async def test_a_key_is_no_cookie_and_a_cookie_no_key(site: Site, visitor: Visitor) -> None:
    assert visitor.cookie is not None
    async with visitor.tab() as tab:
        await tab.boot("/")
        key = (await key_header(tab))["Authorization"].removeprefix("Bearer ")
    async with follow(site, {"cookie": f"{COOKIE}={key}"} | visitor.proxy) as stranger:
        assert "set-cookie" in stranger.headers
    sealed = visitor.cookie.partition("=")[2]
    answer = await visitor.http.get("/api/stream", headers={"authorization": f"Bearer {sealed}"})
    assert answer.status_code == httpx.codes.FORBIDDEN


async def test_without_cookie_and_key_a_terminal_gets_a_session_of_its_own(
    site: Site, other: Visitor
) -> None:
    async with follow(site, other.proxy) as terminal:
        cookie = terminal.headers["set-cookie"]
        await terminal.until(lambda: terminal.saw("demo.sse"))
    assert cookie.startswith(f"{COOKIE}_")  # and the port
    assert "HttpOnly" in cookie
    assert {row["target"] for row in terminal.rows.values()} <= {"demo.sse", "demo.request"}


async def test_signing_in_ends_the_streams_of_the_old_session(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/")
        key = await key_header(tab)
    old = visitor.jar
    async with follow(site, old | visitor.proxy) as by_cookie, follow(site, key | visitor.proxy) as by_key:
        await visitor.register()
        for terminal in (by_cookie, by_key):
            await terminal.until(terminal.ended.is_set)
            assert terminal.named == [("end", {"reason": "session ended"})]
    for headers in (old, key):
        async with follow(site, headers | visitor.proxy) as late:
            assert late.status == httpx.codes.UNAUTHORIZED


async def test_a_session_may_have_a_few_streams_only(site: Site, visitor: Visitor) -> None:
    streams = [follow(site, visitor.jar | visitor.proxy) for _ in range(PER_SESSION)]
    for stream in streams:
        assert (await stream.__aenter__()).status == httpx.codes.OK
    refused = await visitor.http.get("/api/stream", headers=visitor.jar)
    assert refused.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert int(refused.headers["retry-after"]) > 0
    for stream in streams:
        await stream.__aexit__(None, None, None)
    status = httpx.codes.TOO_MANY_REQUESTS
    async with asyncio.timeout(PATIENCE_S):
        while status == httpx.codes.TOO_MANY_REQUESTS:  # until the server has noticed that they left
            async with follow(site, visitor.jar | visitor.proxy) as again:
                status = again.status
    assert status == httpx.codes.OK


async def test_an_address_may_have_so_many_streams(site: Site, visitor: Visitor) -> None:
    streams = [follow(site, visitor.proxy) for _ in range(PER_NETWORK)]
    for stream in streams:
        assert (await stream.__aenter__()).status == httpx.codes.OK
    refused = await visitor.http.get("/api/stream")
    assert refused.status_code == httpx.codes.TOO_MANY_REQUESTS
    for stream in streams:
        await stream.__aexit__(None, None, None)
