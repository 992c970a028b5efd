"""What works without scripts, by forms that a browser sends itself: posting, and the ways into an account."""

import asyncio
import re
import secrets

import pytest

from portfolio_app.http.account.details import MAKE_CODES
from portfolio_app.http.account.leaving import EXPORT
from portfolio_app.http.account.parts import REGISTER, SIGN_IN
from portfolio_app.http.account.security_parts import CHANGE_PASSWORD, PROVE, RECOVER
from portfolio_app.http.chat.composer import MESSAGE
from tests.site import Site
from tests.socket.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.server


async def bodies_of(visitor: Visitor) -> str:
    async with visitor.tab() as tab:
        await tab.boot("/chat")
        await tab.until(lambda: tab.value("chat_state", "window"))
        return str(tab.value("chat_state", "window"))


async def test_a_message_of_a_plain_form_is_posted_once_as_its_visitor(
    visitor: Visitor, other: Visitor
) -> None:
    text = f"by plain HTTP {secrets.token_hex(8)}"
    for _ in range(2):  # a second click on the button of a page that could not bring an id
        answer = await visitor.post(MESSAGE.path, {"body": text})
        assert (answer.status_code, answer.headers["location"]) == (303, "/plain/lobby")
    shown = await bodies_of(other)
    assert shown.count(text) == 1
    tag = (await visitor.who())["tag"]
    for reader in (visitor, other):
        page = await reader.http.get("/plain/lobby", headers=reader.jar)
        assert page.status_code == 200
        assert page.text.count(text) == 1
        assert f"demo {tag}</b>" in page.text
        assert "form-action 'self'" in page.headers["content-security-policy"]


async def test_a_form_that_brings_the_id_of_a_message_can_not_post_it_twice(visitor: Visitor) -> None:
    text, client_id = f"sent again {secrets.token_hex(8)}", secrets.token_urlsafe(12)
    async with visitor.tab() as tab:
        await tab.boot("/chat")
        message = {"client_id": client_id, "body": text}
        await tab.call(f"{tab.find('chat_state')}.send", message, path="/chat")
        await tab.until(lambda: tab.value("chat_state", "outcome")["cid"] == client_id)
    fields = {"body": text, "client_id": client_id, "at": "/chat"}
    assert (await visitor.post(MESSAGE.path, fields)).status_code == 303
    assert (await bodies_of(visitor)).count(text) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"body": " "}, 422),
        ({"body": "x" * 10_001}, 422),
        ({"body": "kept", "client_id": "no id"}, 422),
        ({"body": "kept", "at": "/chat/nope"}, 404),
        ({"body": "kept", "at": "/chat/<b>"}, 422),
    ],
)
async def test_a_message_that_can_not_be_posted_is_kept_on_the_page(
    visitor: Visitor, fields: dict[str, str], status: int
) -> None:
    answer = await visitor.post(MESSAGE.path, fields)
    assert answer.status_code == status
    assert fields["body"] in answer.text
    assert "<b>" not in answer.text


async def test_plain_forms_have_the_limit_of_every_post(visitor: Visitor) -> None:
    answers = [
        (await visitor.post(MESSAGE.path, {"body": f"{number} {secrets.token_hex(4)}"})).status_code
        for number in range(6)
    ]
    assert answers == [303] * 5 + [429]


async def test_a_room_that_is_not_there_has_no_plain_page(visitor: Visitor) -> None:
    assert (await visitor.http.get("/plain/nope")).status_code == 404
    assert (await visitor.http.get("/plain/..%2f<b>")).status_code in (404, 422)


async def test_registering_signing_in_and_recovering_without_scripts_are_the_same_ones_under_the_same_limits(
    site: Site, visitor: Visitor, other: Visitor
) -> None:
    username, before = f"plain-{secrets.token_hex(4)}", other.cookie
    form = {"email": f"{username}@example.org", "username": username, "password": PASSWORD}
    refused = await visitor.post(REGISTER.path, form | {"password": "1234567890"})
    assert (refused.status_code, "set-cookie" in refused.headers) == (422, False)
    made = await visitor.post(REGISTER.path, form)
    assert (made.status_code, made.headers["location"]) == (303, "/")
    assert (await visitor.who())["username"] == username
    assert (await other.post(REGISTER.path, form)).status_code == 409, "taken"
    second = form | {"username": f"{username}-b", "password": "nine loud herons"}
    again = await other.post(REGISTER.path, second)
    assert (again.status_code, again.headers["location"]) == (303, "/"), "an address is not"
    assert again.headers.keys() == made.headers.keys()
    assert (await other.who())["username"] == second["username"]
    for each in (second, form):
        await other.post(SIGN_IN.path, {"email": form["email"], "password": each["password"]})
        assert (await other.who())["username"] == each["username"], "the password says whose it is"

    right = await other.post(SIGN_IN.path, {"email": username, "password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, "/")
    assert (await other.who())["username"] == username
    assert other.cookie != before
    wrong = [await other.post(SIGN_IN.path, {"email": username, "password": "guess"}) for _ in range(4)]
    assert [each.status_code for each in wrong] == [401, 401, 401, 429]
    assert not any("set-cookie" in each.headers for each in wrong)
    assert (await other.who())["username"] == username, "who failed stays who they are"

    code = site.run("user", "reset", username).rpartition(".")[2]
    recovery = {"login": username, "code": code, "password": "seven quiet herons"}
    assert (await visitor.post(RECOVER.path, recovery | {"code": "0" * 24})).status_code in (401, 403, 422)
    back = await visitor.post(RECOVER.path, recovery)
    assert (back.status_code, back.headers["location"]) == (303, "/account"), "it was guessed at"
    assert (await visitor.who())["username"] == username
    assert (await other.who())["signed_in"] is False, "every other session has ended"


async def test_password_confirmation_and_codes_without_scripts_are_the_same_ones_under_the_same_limits(
    visitor: Visitor, other: Visitor
) -> None:
    username = await visitor.register()
    await other.exchange(await other.sign_in(username))
    new, before = "seven quiet herons", visitor.cookie
    form = {"old": PASSWORD, "new": new, "end_others": "on"}
    refused = [
        await visitor.post(CHANGE_PASSWORD.path, form | wrong)
        for wrong in ({"old": "guess"}, {"new": "1234567890"}, {"new": f"{username} x"}, {"new": "x" * 600})
    ]
    refused.append(await visitor.post(MAKE_CODES.path, {"password": "guess"}))
    assert [each.status_code for each in refused] == [422] * 5
    assert not any(secret in each.text for each in refused for secret in (PASSWORD, new, "1234567890"))
    assert "It is made of your name" in refused[2].text, "the reason comes with the refusal"
    changed = await visitor.post(CHANGE_PASSWORD.path, form, **{"user-agent": "X11; Linux Firefox/128"})
    assert (changed.status_code, changed.headers["location"]) == (303, "/account")
    assert visitor.cookie != before
    assert (await visitor.who())["username"] == username
    assert (await other.who())["signed_in"] is False, "every other session has ended"

    taken = await visitor.post(EXPORT.path, {"password": ""})
    assert [each["device"] for each in taken.json()["sessions"]] == ["Firefox on Linux"]
    proved = await visitor.post(PROVE.path, {"password": new})
    assert (proved.status_code, proved.headers["location"]) == (303, "/account")
    made = await visitor.post(MAKE_CODES.path, {"password": ""})
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    codes = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}", made.text)
    assert len(set(codes)) == 10
    recovery = {"login": username, "code": codes[0], "password": "nine loud herons"}
    tried = await asyncio.gather(*(each.post(RECOVER.path, recovery) for each in (visitor, other)))
    assert min(each.status_code for each in tried) == 303, "of two who use one at once"
    assert max(each.status_code for each in tried) in (401, 403)
    async with Visitor(visitor.site) as guest:
        for path, fields in ((CHANGE_PASSWORD.path, form), (PROVE.path, form), (MAKE_CODES.path, {})):
            nothing = await guest.post(path, fields | {"password": PASSWORD})
            assert (nothing.status_code, "set-cookie" in nothing.headers) == (403, False)
