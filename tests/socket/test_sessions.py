"""A member's sessions over the wire: seen and ended by their member, and by nobody else."""

from typing import Any

import pytest

from tests.site import Site
from tests.socket.client import Tab
from tests.socket.visitor import PASSWORD, Visitor, ticket_for

pytestmark = pytest.mark.server

REFUSAL = "Sign in to see where you are signed in."


async def sessions(tab: Tab) -> list[dict[str, Any]]:
    """What the account page lists."""
    await tab.boot("/account")
    await tab.until(lambda: tab.value("sessions_state", "loaded"))
    return list(tab.value("sessions_state", "sessions"))


async def revoke(tab: Tab, handle: object) -> str:
    """Try to end a session; returns the error."""
    tab.state[tab.find("sessions_state")]["problem"] = None
    await tab.call(f"{tab.find('sessions_state')}.revoke", {"handle": handle}, path="/account")
    await tab.until(lambda: tab.value("sessions_state", "problem") is not None)
    return str(tab.value("sessions_state", "problem"))


async def test_a_guest_is_shown_no_session(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        assert await sessions(tab) == []
        assert tab.value("sessions_state", "problem") == REFUSAL
        assert await revoke(tab, "0" * 16) == REFUSAL


async def test_a_member_sees_each_browser_and_no_id(visitor: Visitor, other: Visitor) -> None:
    username = await visitor.register()
    await other.exchange(await other.sign_in(username))
    async with visitor.tab() as tab:
        listed = await sessions(tab)

    assert [row["current"] for row in listed].count(True) == 1
    assert len(listed) == 2
    assert all(len(row["handle"]) == 16 for row in listed)


async def test_a_member_ends_the_session_of_another_browser(visitor: Visitor, other: Visitor) -> None:
    username = await visitor.register()
    await other.exchange(await other.sign_in(username))
    async with visitor.tab() as tab, other.tab() as there:
        await there.boot()
        [handle] = [row["handle"] for row in await sessions(tab) if not row["current"]]
        await tab.call(f"{tab.find('sessions_state')}.revoke", {"handle": handle}, path="/account")
        await there.closed()
        await tab.until(lambda: len(tab.value("sessions_state", "sessions")) == 1)
    async with other.tab(token=there.token) as again:  # with the cookie of the session that has ended
        await again.boot()
        assert again.set_cookie is not None
        assert again.value("identity_state", "signed_in") is False
        assert "Your session was ended" in again.value("identity_state", "notice")


async def test_nobody_ends_a_strangers_session(visitor: Visitor, other: Visitor) -> None:
    await visitor.register()
    await other.register()
    async with visitor.tab() as tab, other.tab() as intruder:
        [mine] = await sessions(tab)
        await sessions(intruder)
        assert await revoke(intruder, mine["handle"]) == "That session has ended already."
        assert len(await sessions_again(tab)) == 1


async def sessions_again(tab: Tab) -> list[dict[str, Any]]:
    tab.state[tab.find("sessions_state")]["loaded"] = None
    await tab.call(f"{tab.find('sessions_state')}.refresh", path="/account")
    await tab.until(lambda: tab.value("sessions_state", "loaded"))
    return list(tab.value("sessions_state", "sessions"))


async def test_what_is_no_handle_ends_nothing(visitor: Visitor) -> None:
    await visitor.register()
    async with visitor.tab() as tab:
        await sessions(tab)
        for handle in (None, 7, "", "0" * 15, "x" * 16, "0" * 4_000, ["0" * 16], {}):
            assert await revoke(tab, handle) == "The handle is not valid."
        assert len(tab.value("sessions_state", "sessions")) == 1


NEW = "seven quiet herons"


async def test_a_member_changes_the_password_and_every_other_browser_is_signed_out(
    visitor: Visitor, other: Visitor
) -> None:
    username = await visitor.register()
    await other.exchange(await other.sign_in(username))
    old_cookie = visitor.cookie
    async with visitor.tab() as tab, other.tab() as there:
        await there.boot()
        await sessions(tab)
        name = f"{tab.find('password_state')}.submit"
        good = {"old": PASSWORD, "new": NEW, "end_others": True}
        for wrong, field in (
            (good | {"old": "guess"}, "old_error"),
            (good | {"new": "short"}, "new_error"),
            (good | {"new": f"{username}@example.org"}, "new_error"),
            (good | {"new": "x" * 2_000}, "new_error"),
            (good | {"new": ["x"]}, "new_error"),
            (good | {"end_others": "yes"}, "error"),
            (good | {"extra": "x"}, "error"),
            ({"old": PASSWORD, "new": NEW}, "error"),
            ("form", "error"),
        ):
            tab.state[tab.find("password_state")][field] = None
            await tab.call(name, {"form": wrong}, path="/account")
            await tab.until(lambda field=field: tab.value("password_state", field))
        tab.state[tab.find("password_state")]["error"] = ""
        ticket = await ticket_for(tab, "password_state", "submit", {"form": good}, path="/account")
        await there.closed()
    await visitor.exchange(ticket, "/account")
    assert visitor.cookie != old_cookie
    assert (await visitor.who())["username"] == username
    assert (await other.who())["signed_in"] is False
    assert await other.sign_in(username, NEW)


async def codes(tab: Tab) -> list[str]:
    """Make recovery codes, and catch them on their way to the page."""
    tab.events.clear()
    await tab.call(f"{tab.find('codes_state')}.make", {"form": {"password": ""}}, path="/password")
    await tab.until(lambda: len(tab.events) > 1)
    event, emptied = tab.events
    tab.events.clear()
    assert event["payload"]["ref"] == "ref_recovery_codes"
    assert emptied["payload"] == {"ref": "ref_codes_password", "value": ""}
    return str(event["payload"]["value"]).splitlines()


async def test_a_recovery_code_opens_the_account_once_and_is_kept_in_no_state_and_no_log(
    site: Site, visitor: Visitor, other: Visitor
) -> None:
    username = await visitor.register()
    async with visitor.tab() as tab, other.tab() as away:
        await sessions(tab)
        made = await codes(tab)
        assert len(set(made)) == 10
        await tab.until(lambda: tab.value("codes_state", "left") == 10)
        assert not any(code in str(tab.state) for code in made)
        await away.boot("/recover")
        name = f"{away.find('recover_state')}.submit"
        good = {"login": username, "code": made[0], "password": NEW}
        said = []
        for wrong, field in (
            (good | {"login": "nobody-of-that-name"}, "error"),
            (good | {"code": "0000-0000-0000-0000"}, "error"),
            (good | {"code": "x" * 512}, "error"),
            (good | {"password": "short"}, "password_error"),
            (good | {"password": f"{username} {username}!"}, "password_error"),
            (good | {"code": 7}, "error"),
            (good | {"login": "x" * 4_000}, "error"),
            (good | {"extra": "x"}, "error"),
            (["form"], "error"),
        ):
            away.state[away.find("recover_state")][field] = None
            await away.call(name, {"form": wrong}, path="/recover")
            await away.until(lambda field=field: away.value("recover_state", field))
            said.append(away.value("recover_state", field))
        assert said[0] == said[1] == said[2]
        away.state[away.find("recover_state")]["error"] = ""
        ticket = await ticket_for(away, "recover_state", "submit", {"form": good}, path="/recover")
        await tab.closed()
        replayed = await visitor.post("/session/exchange", {"ticket": ticket, "next": "/"})
        assert replayed.headers["location"] == "/sign-in?error=expired"
        assert (await other.exchange(ticket)).headers["location"] == "/"
    assert (await other.who())["username"] == username
    output = site.output()
    assert not any(code in output or code.replace("-", "") in output for code in made)


async def test_the_password_is_asked_for_in_words_and_what_is_typed_is_checked(
    visitor: Visitor, other: Visitor
) -> None:
    username = await visitor.register()
    await other.exchange(await other.sign_in(username))
    async with visitor.tab() as tab, other.tab() as there:
        await there.boot()
        await sessions(tab)
        await tab.until(lambda: tab.value("confirm_state", "needed") is False)
        for wrong in ({"password": "guess"}, {"password": 7}, {}, {"password": "x" * 4_000}, None):
            tab.state[tab.find("confirm_state")]["error"] = None
            await tab.call(f"{tab.find('confirm_state')}.submit", {"form": wrong}, path="/account")
            await tab.until(lambda: tab.value("confirm_state", "error"))
        await tab.call(f"{tab.find('sessions_state')}.revoke_others", path="/account")
        await there.closed()
        await tab.until(lambda: len(tab.value("sessions_state", "sessions")) == 1)
    async with other.tab() as guest:
        await guest.boot("/account")
        for state, handler, payload in (
            ("codes_state", "make", {"form": {"password": ""}}),
            ("sessions_state", "revoke_others", {}),
        ):
            guest.state[guest.find(state)]["problem"] = None
            await guest.call(f"{guest.find(state)}.{handler}", payload, path="/account")
            await guest.until(lambda state=state: guest.value(state, "problem"))
            assert guest.value(state, "problem") == REFUSAL
