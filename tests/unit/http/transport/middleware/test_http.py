"""The whole stack around an app that answers everything."""

from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.asgi import wrap
from portfolio_app.http.transport.caller import caller_from_scope, visitor_of
from portfolio_app.http.transport.headers import set_cookie
from tests.unit.http.asgi import Inner, request, scope_of
from tests.unit.http.site import FakeSite, cookie_of

PAGE = {"accept": "text/html,*/*"}


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def test_every_answer_carries_the_request_id_the_app_saw(site: FakeSite) -> None:
    inner = Inner()
    answer = await request(wrap(inner), "/", PAGE)
    assert answer.header("x-request-id") == visitor_of(inner.seen[0]).request_id
    assert len(answer.header("x-request-id") or "") == 32


async def test_a_refusal_carries_a_request_id_too(site: FakeSite) -> None:
    answer = await request(wrap(Inner()), "/x", method="POST")
    assert answer.status == 403
    assert len(answer.header("x-request-id") or "") == 32


async def test_an_error_nobody_caught_is_answered_with_its_request_id_and_nothing_of_its_text(
    site: FakeSite,
) -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ConnectionError("postgresql://user:canary@host")

    answer = await request(wrap(failing), "/x", PAGE)
    assert answer.status == 500
    assert str(answer.header("x-request-id")) in answer.text
    assert "canary" not in answer.text
    assert answer.header("x-content-type-options") == "nosniff"


async def test_an_answer_that_broke_off_is_not_begun_again(site: FakeSite) -> None:
    sent = []

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ConnectionError

    async def send(message: Message) -> None:
        sent.append(message["type"])

    with pytest.raises(ConnectionError):
        await wrap(failing)(scope_of("http", "/x", PAGE, method="GET"), _nothing, send)
    assert sent == ["http.response.start"]


async def test_a_first_page_view_gets_a_cookie_that_no_cache_may_keep(site: FakeSite) -> None:
    inner = Inner()
    answer = await request(wrap(inner), "/", PAGE)
    secret = visitor_of(inner.seen[0]).secret
    assert (answer.header("set-cookie") or "").split(";")[0] == cookie_of(secret)["cookie"]
    assert answer.header("cache-control") == "private, no-store"
    assert "Cookie" in (answer.header("vary") or "")


async def test_the_next_page_view_is_the_same_visitors_and_sets_nothing(site: FakeSite) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    answer = await request(wrap(inner), "/chat", PAGE | cookie_of(secret))
    assert visitor_of(inner.seen[0]).session_id == secret.session_id
    assert answer.header("set-cookie") is None
    assert answer.header("cache-control") == "private, no-cache"


@pytest.mark.parametrize(
    ("path", "headers", "inner"),
    [
        ("/assets/app.js", {"accept": "*/*"}, Inner(content_type="text/javascript")),
        ("/assets/page.html", PAGE, Inner()),
        ("/favicon.ico", {"accept": "image/*"}, Inner(content_type="image/x-icon")),
        ("/picture", PAGE, Inner(content_type="image/png")),
        ("/api/live", PAGE, Inner()),
        ("/", {"accept": "text/html", "sec-fetch-dest": "empty"}, Inner()),
        ("/", {"accept": "text/html", "sec-fetch-dest": "image"}, Inner()),
    ],
)
async def test_only_a_page_that_is_opened_gets_a_cookie(
    site: FakeSite, path: str, headers: dict[str, str], inner: Inner
) -> None:
    answer = await request(wrap(inner), path, headers)
    assert answer.header("set-cookie") is None
    assert "private" not in (answer.header("cache-control") or "")


async def test_a_page_that_has_not_changed_can_still_bring_the_cookie(site: FakeSite) -> None:
    answer = await request(wrap(Inner(status=304, content_type="")), "/", PAGE)
    assert answer.header("set-cookie") is not None


async def test_a_revoked_session_becomes_a_new_one_with_the_next_page(site: FakeSite) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    site.revoked.add(secret.session_id)
    answer = await request(wrap(inner), "/", PAGE | cookie_of(secret))
    assert visitor_of(inner.seen[0]).session_id != secret.session_id
    assert (answer.header("set-cookie") or "").startswith(
        cookie_of(visitor_of(inner.seen[0]).secret)["cookie"]
    )


async def test_a_session_being_replaced_right_now_keeps_the_page_from_overwriting_its_successor(
    site: FakeSite,
) -> None:
    secret = SessionSecret.generate()
    await site.replace(secret.session_id)
    answer = await request(wrap(Inner()), "/", PAGE | cookie_of(secret))
    assert answer.header("set-cookie") is None


async def test_pages_are_served_while_the_database_is_away(site: FakeSite) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    site.database_is_up = False
    answer = await request(wrap(inner), "/", PAGE | cookie_of(secret))
    assert answer.status == 200
    assert visitor_of(inner.seen[0]).session_id == secret.session_id


@pytest.mark.parametrize("kind", ["forged", "damaged"])
async def test_a_cookie_that_is_not_ours_makes_a_new_visitor(site: FakeSite, kind: str) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    value = "portfolio_session=forged" if kind == "forged" else cookie_of(secret)["cookie"][:-3]
    answer = await request(wrap(inner), "/", PAGE | {"cookie": value})
    assert visitor_of(inner.seen[0]).session_id != secret.session_id
    assert answer.header("set-cookie") is not None


async def test_the_app_sees_no_credential_and_no_header_forged_as_ours(site: FakeSite) -> None:
    secret, inner = SessionSecret.generate(), Inner()
    forged = {"x-portfolio-session": "victim", "x-portfolio-trusted": "1", "x-portfolio-role": "admin"}
    headers = PAGE | forged | cookie_of(secret) | {"authorization": "Bearer x"}
    await request(wrap(inner), "/", headers)
    seen = inner.headers()
    assert "cookie" not in seen
    assert "authorization" not in seen
    assert "x-portfolio-role" not in seen
    assert seen["x-portfolio-session"] == secret.session_id
    assert secret.value not in str(seen)


async def test_pages_get_their_own_policy_and_other_answers_none_at_all(
    site: FakeSite, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<script>x()</script>")
    site.install(documents=tmp_path)
    page = await request(wrap(Inner()), "/", PAGE)
    data = await request(wrap(Inner(content_type="application/json")), "/", PAGE)
    assert "sha256-" in (page.header("content-security-policy") or "")
    assert data.header("content-security-policy") == "default-src 'none'; frame-ancestors 'none'"
    for answer in (page, data):
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("referrer-policy") == "strict-origin-when-cross-origin"
        assert answer.header("cross-origin-opener-policy") == "same-origin"
        assert answer.header("cross-origin-embedder-policy") == "require-corp"
        assert answer.header("x-frame-options") == "DENY"


@pytest.mark.parametrize(
    ("path", "ancestors", "option"),
    [
        ("/second-tab", "'self'", "SAMEORIGIN"),
        ("/second-tab/", "'self'", "SAMEORIGIN"),
        ("/second-tab/x", "'none'", "DENY"),
        ("/", "'none'", "DENY"),
    ],
)
async def test_this_site_alone_may_frame_the_pages_that_say_so(
    site: FakeSite, tmp_path: Path, path: str, ancestors: str, option: str
) -> None:
    for name in ("index.html", "second-tab.html", "404.html"):
        (tmp_path / name).write_text("<script>x()</script>")
    site.install(documents=tmp_path)
    answer = await request(wrap(Inner()), path, PAGE)
    assert (answer.header("content-security-policy") or "").endswith(f"frame-ancestors {ancestors}")
    assert answer.header("x-frame-options") == option


async def test_browsers_are_told_to_stay_on_https_only_where_there_is_https(site: FakeSite) -> None:
    assert (await request(wrap(Inner()))).header("strict-transport-security") is None
    site.install(secure_cookies=True)
    assert (await request(wrap(Inner()))).header("strict-transport-security") == "max-age=31536000"


async def test_behind_a_proxy_the_visitor_has_the_address_the_proxy_saw(site: FakeSite) -> None:
    site.install(trusted_proxy_hops=1)
    inner = Inner()
    await request(wrap(inner), "/", {"x-forwarded-for": "9.9.9.9, 1.2.3.4"})
    assert visitor_of(inner.seen[0]).network == "1.2.3.4"
    assert inner.seen[0]["client"] == ("1.2.3.4", 1)


@pytest.mark.parametrize("hops", [0, 1])
async def test_a_household_is_one_whichever_of_its_addresses_it_calls_from(site: FakeSite, hops: int) -> None:
    site.install(trusted_proxy_hops=hops)
    inner = Inner()
    for address in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"):
        peer = ("10.0.0.9" if hops else address, 1)
        await request(wrap(inner), "/", {"x-forwarded-for": address}, client=peer)
    first, second, neighbour = (caller_from_scope(scope).network for scope in inner.seen)
    assert (first, neighbour) == (second, "2001:db8:0:1::/64")


async def test_behind_a_proxy_that_ends_tls_redirects_stay_on_https(site: FakeSite) -> None:
    site.install(secure_cookies=True)
    inner = Inner()
    await request(wrap(inner), "/", PAGE)
    assert inner.seen[0]["scheme"] == "https"


async def test_a_page_brings_the_cookie_of_a_former_secret_resealed_and_nothing_else_does(
    site: FakeSite,
) -> None:
    secret = SessionSecret.generate()
    name, _, token = cookie_of(secret)["cookie"].partition("=sealed-")
    former = {"cookie": f"{name}=sealed-{token.upper()}"}

    page = await request(wrap(Inner()), "/", PAGE | former)
    assert page.header("set-cookie") == set_cookie(secret)
    assert page.header("cache-control") == "private, no-store"
    other = await request(wrap(Inner()), "/api/runs", former)
    assert other.header("set-cookie") is None
    again = await request(wrap(Inner()), "/", PAGE | cookie_of(secret))
    assert again.header("set-cookie") is None
