import json
import logging

import pytest
from starlette.types import Receive, Scope, Send

from portfolio_app.http.asgi import mount, route_names, wrap
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.middleware.measured import Measured
from tests.unit.http.asgi import Inner, handshake, request
from tests.unit.http.site import ORIGIN, FakeSite

APP = wrap(mount(Inner()))


async def test_an_answered_request_counts_under_its_route(site: FakeSite) -> None:
    await request(APP, "/chat/lobby")
    await request(APP, "/api/nothing/here")
    assert site.metrics.requests == [("GET", "/chat/{slug}", 200), ("GET", "/api/{rest}", 404)]


async def test_what_the_middleware_refuses_counts_too(site: FakeSite) -> None:
    await request(APP, "/session/exchange", {"origin": "https://evil.example"}, method="POST")
    assert site.metrics.requests == [("POST", "/session/exchange", 403)]


async def test_a_method_nobody_knows_makes_no_new_label(site: FakeSite) -> None:
    await request(APP, "/", {"origin": ORIGIN}, method="BREW")
    assert site.metrics.requests[0][:2] == ("OTHER", "/")


async def test_a_request_that_is_never_answered_counts_once(site: FakeSite) -> None:
    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    await Measured(silent, route_names, frozenset())(
        {"type": "http", "method": "GET", "path": "/"}, Inner, Inner
    )  # type: ignore[arg-type]
    assert site.metrics.requests == [("GET", "/", 499)]


async def test_an_answer_is_logged_by_its_route_with_the_id_the_client_got(
    site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await request(APP, "/chat/canary")
        for quiet in ("/api/live", "/api/ready", "/metrics", "/assets/app.js"):
            await request(APP, quiet)
    [record] = [record for record in caplog.records if record.name.endswith("measured")]
    assert record.getMessage().startswith("GET /chat/{slug} 200 in ")
    assert record.__dict__["request_id"] == answer.header("x-request-id")


async def test_a_request_to_an_unlogged_route_counts_as_any_other(
    site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    measured = Measured(Inner(), route_names, frozenset({"/chat/{slug}"}))
    with caplog.at_level(logging.INFO):
        await request(measured, "/chat/canary")
    assert site.metrics.requests == [("GET", "/chat/{slug}", 200)]
    assert runtime.current().answered == 1
    assert [record for record in caplog.records if record.name.endswith("measured")] == []


async def test_what_only_machines_ask_for_is_no_visitors_doing(site: FakeSite) -> None:
    for path in ("/chat/lobby", "/api/live", "/api/ready", "/metrics", "/assets/app.js", "/api/nothing"):
        await request(APP, path)
    assert len(site.metrics.requests) == 6
    assert runtime.current().answered == 2


async def test_a_websocket_is_no_request(site: FakeSite) -> None:
    socket = await handshake(APP, {"origin": ORIGIN})
    await socket.leave()
    assert site.metrics.requests == []


BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def counted(site: FakeSite) -> dict[str, int]:
    """What is counted and not yet written, by page."""
    return {page: views for (_, page), views in site.views._counts.items()}


def opened(path: str, **headers: str) -> tuple[str, dict[str, str]]:
    """A page as a browser asks for it, and what is different."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return path, {"user-agent": BROWSER, "sec-fetch-dest": "document"} | given


async def test_a_page_that_a_browser_opens_is_a_view_under_the_name_of_its_page(site: FakeSite) -> None:
    site.views.counting = True
    for path in ("/", "/", "/chat/lobby", "/chat/atrium", "/writing", "/writing/"):
        await request(APP, *opened(path))
    await request(wrap(mount(Inner(304, ""))), *opened("/"))  # the browser has it already, and shows it
    await request(APP, "/", {"user-agent": BROWSER})  # one too old to say what it asks for
    assert counted(site) == {"/": 4, "/chat/{slug}": 2, "/writing": 2}


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        opened("/", sec_purpose="prefetch"),
        opened("/", sec_purpose="prefetch;prerender"),
        opened("/", purpose="prefetch"),
        opened("/", x_moz="prefetch"),
        opened("/chat", sec_fetch_dest="iframe"),
        opened("/", sec_fetch_dest="empty"),
        opened("/", user_agent="curl/8.5.0"),
        opened("/", user_agent=""),
        opened("/", user_agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        opened("/", user_agent="Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0 Safari/537.36"),
        opened("/api/live"),
        opened("/api/nothing"),
        opened("/feed.xml"),
        opened("/assets/app.js"),
        opened("/wp-login.php"),
        opened("/chat/lobby/1/2/3"),
        opened("/writing/%2e%2e"),
    ],
)
async def test_what_nobody_looks_at_is_no_view(site: FakeSite, path: str, headers: dict[str, str]) -> None:
    site.views.counting = True
    await request(APP, path, headers)
    assert counted(site) == {}


async def test_only_an_answer_with_the_page_is_a_view(site: FakeSite) -> None:
    site.views.counting = True
    for status in (206, 301, 404, 429, 500, 503):
        await request(wrap(mount(Inner(status))), *opened("/writing"))
    for method in ("HEAD", "OPTIONS", "BREW"):
        await request(APP, *opened("/"), method=method)
    assert counted(site) == {}


async def test_nothing_is_counted_unless_the_owner_wants_it(site: FakeSite) -> None:
    await request(APP, *opened("/"))
    assert counted(site) == {}


STATE = "reflex___state____state"


def event(name: str, path: str) -> dict[str, object]:
    return {"name": f"{STATE}.{name}", "payload": {}, "router_data": {"pathname": path}}


async def walk(*paths: str, agent: str = BROWSER) -> None:
    """A tab that has loaded the front page, and goes on to others."""
    tab = await handshake(wrap(Inner()), {"origin": ORIGIN, "user-agent": agent})
    loaded = json.dumps({"event": event("hydrate_and_load", "/")})
    await tab.say(f"40/_event,{loaded}")
    name = "reflex___state____on_load_internal_state.on_load_internal"
    for path in paths:
        await tab.say(f'42/_event,["event",{json.dumps(event(name, path))}]')
    assert tab.accepted
    assert len(tab.echoes) == 1 + len(paths)
    await tab.leave()


async def test_a_page_that_a_tab_goes_on_to_is_a_view_and_another_query_of_it_is_none(site: FakeSite) -> None:
    site.views.counting = True
    await walk("/", "/writing", "/writing", "/chat/lobby", "/chat/atrium", "/")
    assert counted(site) == {"/writing": 1, "/chat/{slug}": 2, "/": 1}


async def test_a_tab_that_makes_up_where_it_is_or_is_none_makes_no_count(site: FakeSite) -> None:
    site.views.counting = True
    await walk("/nowhere", "/" + "a" * 2_000, "/assets/app.js", "/api/live", "//")
    assert set(counted(site)) <= {"/"}
    await walk("/writing", agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    site.views.counting = False
    await walk("/work")
    assert set(counted(site)) <= {"/"}


async def test_a_phone_called_cubot_is_no_bot(site: FakeSite) -> None:
    site.views.counting = True
    await request(
        APP, *opened("/", user_agent="Mozilla/5.0 (Linux; Android 13; CUBOT X70) Chrome/140.0 Mobile")
    )
    assert counted(site) == {"/": 1}


async def test_a_flood_of_addresses_makes_no_more_counts_than_there_are_pages(site: FakeSite) -> None:
    site.views.counting = True
    for n in range(100):
        for path in (f"/chat/room-{n}", f"/{n}", f"/writing/{n}", f"/runs/{n}", f"/work/{n}"):
            await request(APP, *opened(path), client=(f"2001:db8:{n:x}::1", 1))
    assert set(counted(site)) == {"/chat/{slug}", "/runs/{run_id}"}
