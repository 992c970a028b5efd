"""The whole stack around a websocket that echoes."""

from typing import Any

import pytest

from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.asgi import wrap
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import bound_token, scope_for_reflex, visitor_of
from portfolio_app.http.transport.headers import set_cookie
from portfolio_app.http.transport.middleware import websockets
from portfolio_app.http.transport.middleware.policy import NOTHING
from tests.unit.http.asgi import Inner, handshake
from tests.unit.http.site import HYDRATE, ORIGIN, OWN, FakeSite, cookie_of


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


async def test_a_refusal_is_an_answer_as_any_other_where_the_server_sends_one(
    site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    can = {"websocket.http.response": {}}
    with caplog.at_level("INFO"):
        tab = await handshake(wrap(Inner()), {"origin": "https://evil.example"}, extensions=can)
    start, body = tab.sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)
    assert body["body"] == b"Not from this origin: see PUBLIC_URL.\n"
    assert headers["content-security-policy"] == NOTHING
    assert "set-cookie" not in headers
    assert site.metrics.requests == [("GET", "/_event", 403)]
    [record] = [each for each in caplog.records if each.getMessage().startswith("GET /_event 403 in ")]
    assert record.__dict__["request_id"] == headers["x-request-id"]


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


async def test_headers_that_nobody_behind_asks_for_are_not_kept_with_a_tab(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for_reflex, asked, inner = scope_for_reflex, [], Inner()

    def noted(scope: Any, query: bytes) -> Any:
        asked.append(scope)
        return for_reflex(scope, query)

    monkeypatch.setattr(websockets, "scope_for_reflex", noted)
    tab = await handshake(wrap(inner), OWN | {"x-long": "x" * 8_000})
    assert [scope["headers"] for scope in asked] == [[]]
    assert "x-long" not in inner.headers()
    await tab.leave()
