"""A ticket is worth one session, once, to the browser that it was given to, and leads to no other site."""

import pytest

from tests.site import Site
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


async def test_a_ticket_works_once(visitor: Visitor) -> None:
    username = await visitor.register()
    ticket, cookie = await visitor.sign_in(username), visitor.cookie
    await visitor.exchange(ticket)
    visitor.cookie = cookie
    answer = await visitor.exchange(ticket)
    assert answer.headers["location"] == "/sign-in?error=expired"
    assert "set-cookie" not in answer.headers


async def test_a_ticket_works_in_no_other_browser(visitor: Visitor, other: Visitor) -> None:
    username = await visitor.register()
    ticket = await visitor.sign_in(username)
    answer = await other.exchange(ticket)
    assert answer.headers["location"] == "/sign-in?error=expired"
    assert (await other.who())["signed_in"] is False


async def test_a_ticket_is_no_cookie_not_even_once_its_session_lives(
    visitor: Visitor, other: Visitor
) -> None:
    ticket = await visitor.sign_in(await visitor.register())
    await visitor.exchange(ticket)
    async with other.tab(cookie=f"portfolio_session={ticket}") as tab:
        await tab.boot()
        assert tab.set_cookie is not None
        assert tab.value("identity_state", "signed_in") is False


async def test_a_cookie_is_no_ticket(visitor: Visitor) -> None:
    await visitor.register()
    assert visitor.cookie is not None
    answer = await visitor.exchange(visitor.cookie.partition("=")[2])
    assert answer.headers["location"] == "/sign-in?error=expired"


@pytest.mark.parametrize("headers", [{"origin": ""}, {"origin": "https://evil.example"}, {"origin": "null"}])
async def test_another_sites_form_exchanges_nothing(visitor: Visitor, headers: dict[str, str]) -> None:
    username = await visitor.register()
    ticket = await visitor.sign_in(username)
    answer = await visitor.post("/session/exchange", {"ticket": ticket, "next": "/"}, **headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert (await visitor.exchange(ticket)).headers["location"] == "/"


async def test_a_form_without_any_origin_exchanges_nothing(site: Site, visitor: Visitor) -> None:
    del visitor.http.headers["origin"]
    answer = await visitor.exchange("x")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
async def test_signing_in_leads_to_no_other_site(visitor: Visitor, target: str) -> None:
    username = await visitor.register()
    answer = await visitor.exchange(await visitor.sign_in(username), target)
    assert answer.headers["location"] == "/"
