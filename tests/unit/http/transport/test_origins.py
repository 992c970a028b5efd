"""Which origins count as this site's, and that refusals are written down without growing the log."""

import logging

import pytest

from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.asgi import mount, wrap
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.headers import cookie_name, read_cookie, set_cookie
from portfolio_app.http.transport.origins import OriginRule, RefusedOrigins
from tests.unit.http.asgi import Inner, handshake, request
from tests.unit.http.site import ORIGIN, FakeSite

LOCAL = OriginRule(frozenset({"http://localhost:3000"}), "http://localhost:3000", any_local=True)
PUBLIC = OriginRule(frozenset({ORIGIN}), ORIGIN)


@pytest.mark.parametrize(
    "host",
    [
        "localhost:3000",
        "localhost:4000",
        "127.0.0.1:8080",
        "192.168.0.7:3000",
        "[::1]:3000",
        "a.localhost:3000",
    ],
)
def test_a_forwarded_port_and_an_address_of_a_lan_are_this_machine(host: str) -> None:
    assert LOCAL.allows(f"http://{host}", host)
    assert not PUBLIC.allows(f"http://{host}", host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8080", "localhost:3000"),  # another page on this machine
        ("http://evil.example", "evil.example"),  # a name that was made to point here
        ("http://evil.example:3000", "evil.example:3000"),
        ("https://localhost:4000", "localhost:4000"),
        ("http://localhost.evil.example", "localhost.evil.example"),
        ("http://[::1", "[::1"),
        ("null", "null"),
        ("", ""),
        ("http://192.168.0.7", None),
    ],
)
def test_no_other_page_is(origin: str, host: str | None) -> None:
    assert not LOCAL.allows(origin, host)


async def test_a_page_on_a_forwarded_port_may_connect_and_ask_for_effects(site: FakeSite) -> None:
    own = {"origin": "http://localhost:4000", "host": "localhost:4000"}
    site.install(any_local=True)
    tab = await handshake(wrap(Inner()), own)
    assert tab.accepted
    assert (await request(wrap(Inner()), "/x", own, method="POST")).status == 200
    await tab.leave()


async def test_a_refused_origin_is_one_line_in_the_log_and_counted_each_time(
    site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    site.install(public_url=ORIGIN)
    for _ in range(3):
        await handshake(wrap(Inner()), {"origin": "http://10.0.0.7:4000", "host": "10.0.0.7:4000"})
    answer = await request(wrap(Inner()), "/x", {"origin": "http://other.example\n"}, method="POST")
    lines = [record.getMessage() for record in caplog.records if "origin" in record.getMessage()]
    assert lines[0] == f"refused the origin http://10.0.0.7:4000: PUBLIC_URL is {ORIGIN}"
    assert lines[1:] == [f"refused the origin http://other.example: PUBLIC_URL is {ORIGIN}"]
    assert runtime.current().refused_origins.counted == {"websocket": 3, "http": 1}
    assert "PUBLIC_URL" in answer.text


def test_a_stranger_can_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    refused = RefusedOrigins()
    for number in range(1_000):
        refused.add("http", f"http://{number}.example/{'x' * 5_000}", PUBLIC)
    assert refused.counted["http"] == 1_000
    assert len(caplog.records) == 64
    assert max(len(record.getMessage()) for record in caplog.records) < 300


async def test_a_page_that_can_not_connect_learns_why(site: FakeSite) -> None:
    site.install(public_url=ORIGIN)
    app = wrap(mount(Inner()))
    refused = await request(app, "/api/connection", {"host": "10.0.0.7:4000"})
    assert '"reason":"origin"' in refused.text
    assert ORIGIN in refused.text
    assert "PUBLIC_URL" in refused.text


@pytest.mark.parametrize(
    ("suffix", "secure", "name"),
    [
        ("", False, "portfolio_session"),
        ("_4000", False, "portfolio_session_4000"),
        ("", True, "__Host-portfolio_session"),
    ],
)
def test_two_sites_on_one_machine_have_cookies_of_their_own(
    site: FakeSite, suffix: str, secure: bool, name: str
) -> None:
    site.install(cookie_suffix=suffix, secure_cookies=secure)
    secret = SessionSecret.generate()
    value = set_cookie(secret).split(";")[0].partition("=")[2]
    assert cookie_name() == name
    assert read_cookie(f"{name}_5000=other; {name}={value}") == secret
    # One without the port is from before, or a script's; under https a neighbour could have planted it.
    assert read_cookie(f"portfolio_session={value}") == (None if secure else secret)
