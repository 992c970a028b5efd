import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.account.redeem import Redeemed
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadPasskey, NotFound, RateLimited
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.account.page import PAGES
from portfolio_app.http.account.security import LINK_ASKED
from portfolio_app.http.account.security_parts import RESET
from portfolio_app.http.account.ticket import local_path
from portfolio_app.http.asgi import mount, wrap
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.errors import explain
from portfolio_app.http.transport.headers import set_cookie
from tests.forms import elements
from tests.unit.http.asgi import Answer, Inner, request
from tests.unit.http.site import ORIGIN, FakeSite


async def post(site: FakeSite, body: bytes) -> Answer:
    headers = {"origin": ORIGIN, "cookie": set_cookie(SessionSecret.generate()).split(";")[0]}
    return await request(wrap(mount(Inner())), "/session/exchange", headers, method="POST", chunks=(body,))


async def test_a_ticket_becomes_the_cookie_of_the_new_session(site: FakeSite) -> None:
    answer = await post(site, urlencode({"ticket": site.ticket, "next": "/chat"}).encode())
    assert (answer.status, answer.header("location")) == (303, "/chat")
    assert answer.header("set-cookie") == set_cookie(site.new_secret)
    assert answer.header("cache-control") == "no-store"


async def test_the_owner_of_an_account_that_was_guessed_at_hears_of_it_first(site: FakeSite) -> None:
    site.was_guessed_at = True
    answer = await post(site, urlencode({"ticket": site.ticket, "next": "/chat"}).encode())
    assert answer.header("location") == "/account"


async def test_too_many_sign_ins_of_a_network_are_said_in_true_words(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_many(caller: Caller, ticket: str, device: str) -> Redeemed:
        raise RateLimited(9)

    monkeypatch.setattr(runtime.services(), "redeem_ticket", too_many)
    answer = await post(site, urlencode({"ticket": site.ticket}).encode())
    assert (answer.header("location"), answer.header("set-cookie")) == ("/sign-in?error=limited", None)


@pytest.mark.parametrize("refusal", [None, RateLimited(9), NotFound("This site sends no mail.")])
async def test_a_link_is_asked_for_by_a_plain_form_that_says_the_same_whoever_has_an_account(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch, refusal: Exception | None
) -> None:
    asked = []

    async def send_reset_link(_caller: Caller, login: str) -> None:
        asked.append(login)
        if refusal:
            raise refusal

    monkeypatch.setattr(runtime.services(), "send_reset_link", send_reset_link, raising=False)
    headers = {"origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    answers = [
        await request(
            wrap(mount(Inner())),
            RESET.path,
            headers,
            method="POST",
            chunks=(urlencode({"account": name}).encode(),),
        )
        for name in ("ann-1", "nobody <b>")
    ]
    assert asked == ["ann-1", "nobody <b>"]
    assert {answer.status for answer in answers} == {explain(refusal, "").status if refusal else 200}
    assert answers[0].text == answers[1].text
    assert (LINK_ASKED if refusal is None else str(refusal)) in answers[0].text


@pytest.mark.parametrize("body", [b"", b"ticket=bad", b"\xff\xfe", b"ticket", b"a=1&b=2&c=3&d=4&e=5"])
async def test_anything_but_a_good_ticket_leads_back_to_the_form(site: FakeSite, body: bytes) -> None:
    answer = await post(site, body)
    assert (answer.status, answer.header("location")) == (303, "/sign-in?error=expired")
    assert answer.header("set-cookie") is None


async def test_a_get_exchanges_nothing(site: FakeSite) -> None:
    headers = {"cookie": set_cookie(SessionSecret.generate()).split(";")[0]}
    answer = await request(wrap(mount(Inner())), f"/session/exchange?ticket={site.ticket}", headers)
    assert site.revoked == set()
    assert answer.header("set-cookie") is None


@pytest.mark.parametrize("path", ["/", "/chat", "/chat/lobby?x=1#y", "/a%20b", "/@x"])
def test_pages_of_this_site_are_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "chat",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a\\b",
        "/a\nb",
        "/a\r\nset-cookie: x",
        "/é",
        "/" + "x" * 600,
        "/\t/evil.example",
    ],
)
def test_everything_else_leads_to_the_front_page(path: str) -> None:
    assert local_path(path) == "/"


@given(st.text())
def test_no_text_leads_to_another_site(text: str) -> None:
    path = local_path(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isprintable()


async def test_the_exchange_is_traced_under_the_id_its_answer_names(site: FakeSite) -> None:
    answer = await post(site, urlencode({"ticket": site.ticket}).encode())
    assert site.traces == [answer.header("x-request-id")]


@dataclass
class FakePasskeys:
    """What the routes ask of passkeys."""

    asked: list[str] = field(default_factory=list)
    refused: Exception | None = None

    async def begin_signing_in(self, _caller: Caller) -> str:
        return self._answered("sign in", '{"challenge": "x"}')

    async def begin_adding(self, _caller: Caller) -> str:
        return self._answered("add", '{"challenge": "y"}')

    async def begin_proving(self, _caller: Caller) -> str:
        return self._answered("prove", '{"challenge": "z"}')

    async def sign_in(self, _caller: Caller, answer: str) -> str:
        return self._answered(answer, "good-ticket")

    def _answered(self, asked: str, answer: str) -> str:
        self.asked.append(asked)
        if self.refused is not None:
            raise self.refused
        return answer


@pytest.fixture
def passkeys(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> FakePasskeys:
    fake = FakePasskeys()
    monkeypatch.setattr(runtime.services(), "passkeys", fake, raising=False)
    return fake


async def send(path: str, body: bytes = b"", *, origin: str = ORIGIN, method: str = "POST") -> Answer:
    headers = {"origin": origin, "cookie": set_cookie(SessionSecret.generate()).split(";")[0]}
    return await request(wrap(mount(Inner())), path, headers, method=method, chunks=(body,))


@pytest.mark.parametrize(("path", "asked"), [("sign-in", "sign in"), ("new", "add"), ("prove", "prove")])
async def test_options_of_passkeys_are_json_that_nobody_keeps_and_refusals_are_words(
    passkeys: FakePasskeys, path: str, asked: str
) -> None:
    address = f"/api/passkeys/{path}"
    answer = await send(address)
    assert (answer.status, list(json.loads(answer.text))) == (200, ["challenge"])
    assert (answer.header("cache-control"), answer.header("set-cookie")) == ("no-store", None)
    assert (await send(address, method="GET")).status in (404, 405)
    assert (await send(address, origin="https://evil.example")).status == 403
    assert passkeys.asked == [asked]
    passkeys.refused = RateLimited(9)
    refused = await send(address)
    assert (refused.status, refused.header("retry-after")) == (429, "9")
    assert json.loads(refused.text)["error"]["text"] == "Too fast. Try again in 9 seconds."


async def test_a_devices_answer_becomes_the_cookie_of_the_new_session_and_a_bad_one_leads_back(
    site: FakeSite, passkeys: FakePasskeys
) -> None:
    good = await send("/session/passkey", urlencode({"answer": "{}", "next": "//evil.example"}).encode())
    assert (good.status, good.header("location")) == (303, "/")
    assert good.header("set-cookie") == set_cookie(site.new_secret)
    for body, error in ((b"", BadPasskey()), (b"\xff\xfe", BadPasskey()), (b"answer=%00", BadPasskey())):
        passkeys.refused = error
        bad = await send("/session/passkey", body)
        assert (bad.header("location"), bad.header("set-cookie")) == ("/sign-in?error=passkey", None)
    passkeys.refused = RateLimited(9)
    assert (await send("/session/passkey")).header("location") == "/sign-in?error=limited"
    before = list(passkeys.asked)
    assert (await send("/session/passkey", b"answer=x", origin="https://evil.example")).status == 403
    assert passkeys.asked == before


@pytest.mark.parametrize("path", ["/register", "/recover"])
def test_a_field_is_sent_under_its_name_alone(path: str) -> None:
    # The framework sends a field under its id as well, and a form with a field more than it has is refused.
    page = next(page for page in PAGES if page.route == path)
    inputs = list(elements(page.build().render(), "input"))
    values = [dict(each.split(":", 1) for each in found if ":" in each) for found in inputs]
    assert len(values) > 2
    assert [each for each in values if each["id"] != each["name"]] == []
