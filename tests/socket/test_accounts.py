"""Signing in and out over the wire, and everything that must not work."""

import asyncio
import json
import secrets

import pytest

from tests.site import Site
from tests.socket.client import Refused, Tab
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


async def judged(tab: Tab, state: str, **typed: object) -> str:
    """What a form says of a password while it is typed."""
    name = tab.find(state)
    tab.state[name]["verdict"] = None
    await tab.call(f"{name}.judge", typed, path="/register")
    await tab.until(lambda: tab.state[name]["verdict"] is not None)
    return str(tab.state[name]["verdict"])


async def test_a_password_is_judged_in_words_while_it_is_typed_and_kept_nowhere(
    site: Site, visitor: Visitor, other: Visitor
) -> None:
    canary, name = f"canary {secrets.token_hex(8)} typed", await visitor.register()
    short, easy, own = canary[:11], "1234567890 canary"[:10] * 2, "It is made of your name, your address"
    async with other.tab() as guest, visitor.tab() as member:
        await guest.boot("/register")
        await member.boot("/account")
        for tab, state in (
            (guest, "register_state"),
            (guest, "recover_state"),
            (member, "password_state"),
        ):
            assert await judged(tab, state, password=canary) == "This one will do."
            assert await judged(tab, state, password=short) == "Use at least 12 characters."
            assert "first passwords somebody would guess" in await judged(tab, state, password=easy)
            assert await judged(tab, state, password="") == ""
            for wrong in ({"password": 7}, {"password": "x" * 600}, {"password": canary, "name": []}, {}):
                assert await judged(tab, state, **wrong) in ("", "The password is not valid.")
        assert (await judged(guest, "register_state", password="ANN-1 ann-1 x", name=" Ann-1")).startswith(
            own
        )
        assert (
            await judged(guest, "recover_state", password="ann@body.org ann", name="ann@Body.org")
        ).startswith(own)
        assert (await judged(member, "password_state", password=f"{name.upper()} {name}")).startswith(own)
        # Over its allowance it says nothing; the form's own answer still does.
        said = [await judged(guest, "register_state", password=canary) for _ in range(20)]
        assert said[-1] == ""
        assert canary not in json.dumps([guest.state, guest.frames, member.state, member.frames])
    kept = b"".join(file.read_bytes() for file in site.data_dir.glob("portfolio.db*"))
    assert name.encode() in kept, "the test looks in the wrong place"
    assert canary.encode() not in kept
    assert canary not in site.output()


async def test_a_member_takes_another_name_by_a_plain_form_and_every_open_tab_follows(
    visitor: Visitor, other: Visitor
) -> None:
    former, words = await visitor.register(), f"words-{secrets.token_hex(8)}"
    name = f"new-{secrets.token_hex(4)}"
    answer = await visitor.post("/unsent/message", {"body": f"{words} @{former}"})
    assert answer.status_code == 303
    for path, form, status in (
        ("/unsent/username", {"username": name, "password": "guess"}, 422),
        ("/unsent/username", {"username": "admin", "password": PASSWORD}, 422),
        ("/unsent/username", {"username": "x" * 600}, 422),
        ("/unsent/username", {"password": PASSWORD}, 422),
        ("/unsent/email", {"email": "no address"}, 422),
        ("/unsent/confirm-email", {"code": "0" * 24}, 422),
        ("/unsent/confirm-email", {"code": " "}, 404),
    ):
        refused = await visitor.post(path, form)
        assert (refused.status_code, "set-cookie" in refused.headers) == (status, False)
        assert "Nothing was changed." in refused.text
    assert (await other.post("/unsent/username", {"username": name})).status_code == 403
    assert (await other.post("/unsent/email", {"email": "x@example.org"})).status_code == 403

    async with visitor.tab() as tab, other.tab() as there:
        await tab.boot("/chat")
        await there.boot("/chat")
        changed = await visitor.post("/unsent/username", {"username": name})
        assert (changed.status_code, f"You are called {name} now" in changed.text) == (200, True)
        await tab.until(lambda: tab.value("identity_state", "username") == name)
        assert tab.value("identity_state", "news").startswith("Your account: username changed")
        await there.until(lambda: f"{words} @{name}" in json.dumps(there.frames))
    assert (await visitor.post("/unsent/username", {"username": former})).status_code == 422, "not so soon"
    found = (await visitor.post("/unsent/export", {"password": ""})).json()
    assert (found["account"]["username"], found["account"]["email"]) == (name, f"{former}@example.org")
    assert [each["username"] for each in found["account"]["former_usernames"]] == [former]
    assert [(each["author"], each["body"]) for each in found["messages"]] == [(name, f"{words} @{name}")]


async def test_a_member_takes_everything_along_and_leaves_by_plain_forms(
    visitor: Visitor, other: Visitor
) -> None:
    username, words = await visitor.register(), f"words-{secrets.token_hex(8)}"
    answer = await visitor.post("/unsent/message", {"body": words})
    assert answer.status_code == 303
    export, leave = {"password": PASSWORD}, {"messages": "erase", "sure": "on", "password": PASSWORD}
    for path, form, status in (
        ("/unsent/export", {"password": "guess"}, 422),
        ("/unsent/export", {"password": "x" * 600}, 422),
        ("/unsent/leave", leave | {"password": "guess"}, 422),
        ("/unsent/leave", leave | {"messages": "sell"}, 422),
        ("/unsent/leave", {"messages": "keep"}, 422),
    ):
        refused = await visitor.post(path, form)
        assert (refused.status_code, "set-cookie" in refused.headers) == (status, False)
    assert (await other.post("/unsent/leave", {"messages": "keep", "sure": "on"})).status_code == 403
    assert (await other.post("/unsent/export", {"password": ""})).status_code == 403
    stranger = {"origin": "https://evil.example"}
    assert (
        await visitor.http.post("/unsent/leave", data=leave, headers=visitor.jar | stranger)
    ).status_code == 403

    file = await visitor.post("/unsent/export", export)
    assert file.headers["content-disposition"] == 'attachment; filename="account.json"'
    found = file.json()
    assert (found["account"]["username"], found["account"]["email"]) == (username, f"{username}@example.org")
    assert [message["body"] for message in found["messages"]] == [words]
    assert [len(found[part]) for part in ("sessions", "reactions")] == [1, 0]
    events = {line["event"] for line in found["security_log"]}
    assert {"registered", "signed in", "confirmation failed", "data downloaded"} <= events
    assert not any(secret in file.text for secret in (PASSWORD, "argon2", visitor.anywhere.split("=")[1]))

    async with visitor.tab() as tab:
        await tab.boot("/chat")
        left = await visitor.post("/unsent/leave", leave)
        assert (left.status_code, "Signing in before then undoes it" in left.text) == (200, True)
        assert left.headers["clear-site-data"] == '"cache", "storage"'
        await tab.closed()
    assert (await visitor.who())["signed_in"] is False
    back = await other.exchange(await other.sign_in(username), "/chat")
    assert back.headers["location"] == "/account"
    async with other.tab() as tab:
        await tab.boot("/account")
        await tab.call(f"{tab.find('sessions_state')}.refresh", path="/account")
        await tab.until(lambda: tab.value("sessions_state", "lines"))
        assert tab.value("sessions_state", "lines")[0]["event"] == "Deletion undone by signing in"


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
