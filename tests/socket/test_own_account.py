"""What a member does with the account: another password, another name, everything taken along, leaving."""

import json
import secrets

import pytest

from tests.site import Site
from tests.socket.client import Tab
from tests.socket.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.server


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
                assert await judged(tab, state, **wrong) in (
                    "",
                    "The password is not valid.",
                    "The password is too long.",
                )
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
