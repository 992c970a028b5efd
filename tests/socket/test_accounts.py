"""Signing in and out over the wire, and everything that must not work."""

import asyncio
import json

import pytest

from tests.site import Site
from tests.socket.client import Refused
from tests.socket.visitor import PASSWORD, Visitor, ticket_for

pytestmark = pytest.mark.server


async def test_registering_signs_a_visitor_in_and_signing_out_makes_them_a_guest_again(
    visitor: Visitor,
) -> None:
    username = await visitor.register()
    assert (await visitor.who())["username"] == username
    async with visitor.tab() as tab:
        await tab.boot()
        ticket = await ticket_for(tab, "identity_state", "sign_out", {})
        assert tab.events[0]["name"] == "_clear_session_storage", "what was typed in this tab goes"
    answer = await visitor.exchange(ticket)
    assert answer.headers["clear-site-data"] == '"cache"', "the theme stays"
    assert (await visitor.who())["signed_in"] is False


async def test_a_member_signs_in_by_name_or_address(visitor: Visitor, other: Visitor) -> None:
    username = await visitor.register()
    for login in (username, f"{username}@example.org", f"  {username.upper()} "):
        await other.exchange(await other.sign_in(login))
        assert (await other.who())["username"] == username


async def test_a_cookie_known_before_the_sign_in_is_worth_nothing_after_it(visitor: Visitor) -> None:
    before = visitor.cookie
    await visitor.register()
    assert visitor.cookie != before
    # For a few seconds it only has to wait for its successor; what it becomes then is a unit test's.
    with pytest.raises(Refused):
        async with visitor.tab(cookie=before):
            pass


async def test_open_tabs_of_the_old_session_are_closed_to_come_back_signed_in(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        username = await visitor.register()
        assert await tab.closed() == 1012
    async with visitor.tab(token=tab.token) as again:
        await again.boot()
        assert again.value("identity_state", "username") == username


async def test_a_session_that_was_signed_out_can_do_nothing_any_more(visitor: Visitor) -> None:
    await visitor.register()
    async with visitor.tab() as tab:
        await tab.boot()
        ticket = await ticket_for(tab, "identity_state", "sign_out", {})
        exchanged = asyncio.create_task(visitor.exchange(ticket))
        await exchanged
        # Sockets close a moment later; whatever is sent in between is refused by the use case.
        await tab.call(f"{tab.find('identity_state')}.load")
        await tab.until(lambda: tab.value("identity_state", "signed_in") is False)
        assert await tab.closed() == 1012


async def test_a_wrong_password_and_an_unknown_name_get_the_same_words(visitor: Visitor) -> None:
    username = await visitor.register()
    errors = []
    for login in (username, "nobody-of-that-name"):
        async with visitor.tab() as tab:
            await tab.boot("/sign-in")
            form = {"email": login, "password": "wrong password"}
            await tab.call(f"{tab.find('sign_in_state')}.submit", {"form": form}, path="/sign-in")
            await tab.until(lambda: tab.value("sign_in_state", "error"))
            errors.append(tab.value("sign_in_state", "error"))
    assert errors[0] == errors[1] == "Username, email or password is wrong."


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"email": "no", "username": "fine-name", "password": PASSWORD}, "email"),
        ({"email": "a@example.org", "username": "x", "password": PASSWORD}, "username"),
        ({"email": "a@example.org", "username": "fine-name", "password": "short"}, "password"),
        ({"email": "a@example.org", "username": "fine-name", "password": "x" * 2000}, "password"),
        ({"email": "a@example.org", "username": "fine-name", "password": "password1234"}, "password"),
    ],
)
async def test_a_value_that_will_not_do_is_said_beside_its_field(
    visitor: Visitor, form: dict[str, str], field: str
) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/register")
        await tab.call(f"{tab.find('register_state')}.submit", {"form": form}, path="/register")
        await tab.until(lambda: tab.value("register_state", "field_errors"))
        assert tab.value("register_state", "field_errors").keys() == {field}
        assert tab.value("register_state", "busy") is False


async def test_who_guesses_waits_and_the_owner_gets_in_from_elsewhere_and_hears_of_it(
    visitor: Visitor, other: Visitor
) -> None:
    username = await visitor.register()
    seen: list[str] = []
    async with other.tab() as tab:
        await tab.boot("/sign-in")
        name = f"{tab.find('sign_in_state')}.submit"
        for number in range(6):
            login = username.upper() if number % 2 else username
            form = {"email": login, "password": f"guess number {number}"}
            tab.state[tab.find("sign_in_state")]["error"] = ""
            await tab.call(name, {"form": form}, path="/sign-in")
            await tab.until(lambda: tab.value("sign_in_state", "error"))
            seen.append(tab.value("sign_in_state", "error"))
    assert ["Try again in" in text for text in seen] == [False] * 3 + [True] * 3

    answer = await visitor.exchange(await visitor.sign_in(username), "/chat")
    assert answer.headers["location"] == "/account"
    async with visitor.tab() as tab:
        await tab.boot("/account")
        await tab.until(lambda: tab.value("sessions_state", "warning"))
        assert tab.value("sessions_state", "warning").startswith(
            "3 wrong passwords were tried for your account"
        )


async def test_who_guesses_through_a_tunnel_is_one_network_whatever_64_of_it_they_use(
    visitor: Visitor,
) -> None:
    answers = []
    for number in range(4):
        tunnelled = {"x-forwarded-for": f"2002:cb00:7107:{number:x}::1"}
        form = {"email": "nobody-by-6to4", "password": "wrong horse battery"}
        answers.append((await visitor.http.post("/unsent/sign-in", data=form, headers=tunnelled)).status_code)
    assert answers == [401, 401, 401, 429]


async def test_no_cookie_password_or_ticket_is_ever_logged_or_kept(site: Site, visitor: Visitor) -> None:
    password, frames = "canary-password-4711", []
    form = {"email": "canary@example.org", "username": "canary-user", "password": password}
    async with visitor.tab() as tab:
        await tab.boot("/register")
        ticket = await ticket_for(tab, "register_state", "submit", {"form": form}, path="/register")
        await tab.settle()
        frames = [text for text in tab.frames if ticket in text]
        assert ticket not in json.dumps(tab.state)
    await visitor.exchange(ticket)
    async with visitor.tab() as tab:
        await tab.boot("/sign-in")
        wrong = {"email": "canary-user", "password": password + "-wrong"}
        await tab.call(f"{tab.find('sign_in_state')}.submit", {"form": wrong}, path="/sign-in")
        await tab.until(lambda: tab.value("sign_in_state", "error"))
        assert password not in json.dumps([tab.state, tab.frames])
    assert len(frames) == 1
    assert visitor.cookie is not None
    output = site.output()
    for secret in (password, ticket, visitor.cookie.partition("=")[2], form["email"]):
        assert secret not in output


async def test_open_tabs_say_who_tries_and_who_gets_in_and_the_next_sign_in_says_where_the_last_came_from(
    visitor: Visitor, other: Visitor
) -> None:
    username = await visitor.register()
    async with visitor.tab() as tab, other.tab() as there:
        await tab.boot()
        await there.boot("/sign-in")
        wrong = {"form": {"email": username, "password": "guess"}}
        await there.call(f"{there.find('sign_in_state')}.submit", wrong, path="/sign-in")
        await tab.until(lambda: "sign-in failed" in (tab.value("identity_state", "news") or ""))
        network = ".".join(other.proxy["x-forwarded-for"].split(".")[:3]) + ".0/24"
        assert network in tab.value("identity_state", "news")
        await other.exchange(await other.sign_in(username))
        await tab.until(lambda: tab.value("identity_state", "news").startswith("New sign-in to your account"))
    await visitor.exchange(await visitor.sign_in(username))
    assert network in (await visitor.who())["news"]
    other_again = await other.who()
    assert network not in other_again["news"], "its own sign-in is no news to it"
