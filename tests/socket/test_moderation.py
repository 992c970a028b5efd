"""Held messages over the wire: who sees them, who decides, and who only tries to."""

import asyncio
import json
import secrets
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.site import Site
from tests.socket.client import HYDRATE, Tab
from tests.socket.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.server

REFUSAL = "Only a moderator can do this."


@pytest.fixture(scope="module")
def moderators_cookie(site: Site) -> str | None:
    """Promoted once: it takes a process of its own."""

    async def register() -> tuple[str, str | None]:
        async with Visitor(site) as somebody:
            return await somebody.register(), somebody.cookie

    username, cookie = asyncio.run(register())
    site.run("promote", username)
    return cookie


@pytest_asyncio.fixture
async def moderator(site: Site, moderators_cookie: str | None) -> AsyncIterator[Visitor]:
    async with Visitor(site) as somebody:
        somebody.cookie = moderators_cookie
        yield somebody


def rows(tab: Tab) -> dict[str, dict[str, Any]]:
    """Every row this tab was ever sent, by id, in its last form."""
    found: dict[str, dict[str, Any]] = {}
    for text in tab.frames:
        if text.startswith("42/_event,"):
            collect(json.loads(text.removeprefix("42/_event,"))[1].get("delta") or {}, found)
    return found


def collect(delta: dict[str, dict[str, Any]], found: dict[str, dict[str, Any]]) -> None:
    for values in delta.values():
        window = values.get("window_rx_state_")
        arrived = values.get("arrivals_rx_state_") or []
        for row in [*((window or {}).get("rows", []) if isinstance(window, dict) else []), *arrived]:
            if isinstance(row, dict) and "body" in row:
                found[row["id"]] = row


async def post(tab: Tab, body: str, client_id: str | None = None, path: str = "/chat") -> str:
    """Post, wait for the answer, and return the client id."""
    client_id = client_id or secrets.token_hex(8)
    await tab.call(f"{tab.find('chat_state')}.send", {"client_id": client_id, "body": body}, path=path)
    await tab.until(lambda: (tab.value("chat_state", "outcome") or {}).get("cid") == client_id)
    return client_id


async def hold(tab: Tab, body: str) -> str:
    """Post something that is held back, and return its id."""
    await post(tab, body)
    await tab.until(lambda: any(row["body"] == body for row in rows(tab).values()))
    [row] = [row for row in rows(tab).values() if row["body"] == body]
    assert row["status"] == "pending"
    return str(row["id"])


def a_link() -> str:
    return f"look at https://example.org/{secrets.token_hex(4)}"


async def everybody_sees_the_next_one(author: Tab, reader: Tab) -> None:
    """Post something for all and wait until it is read: what was pushed to the reader before it has arrived."""
    body = f"for all {secrets.token_hex(4)}"
    await post(author, body)
    await reader.until(lambda: any(row["body"] == body for row in rows(reader).values()))


async def decide(tab: Tab, handler: str, message_id: object) -> None:
    name = f"{tab.find('moderation_state')}.{handler}"
    tab.state[tab.find("moderation_state")]["notice"] = None
    await tab.call(name, {"message_id": message_id}, path="/moderation")


async def test_a_held_message_reaches_its_author_and_nobody_else(visitor: Visitor, other: Visitor) -> None:
    async with visitor.tab() as author, visitor.tab() as second_tab, other.tab() as stranger:
        for tab in (author, second_tab, stranger):
            await tab.boot("/chat")
        body = a_link()
        await hold(author, body)
        await second_tab.until(lambda: any(row["body"] == body for row in rows(second_tab).values()))
        await everybody_sees_the_next_one(author, stranger)
        assert body not in json.dumps(stranger.frames)


@pytest.mark.parametrize("handler", ["approve", "remove"])
@pytest.mark.parametrize("signed_in", [True, False])
async def test_a_visitor_who_calls_the_moderators_handlers_is_told_no_and_changes_nothing(
    visitor: Visitor, other: Visitor, moderator: Visitor, handler: str, signed_in: bool
) -> None:
    if signed_in:
        await other.register()
    async with visitor.tab() as author, other.tab() as intruder, moderator.tab() as judge:
        await author.boot("/chat")
        message_id = await hold(author, a_link())
        await intruder.boot("/")
        await decide(intruder, handler, message_id)
        await intruder.until(lambda: intruder.value("moderation_state", "notice") == REFUSAL)
        await judge.boot("/moderation")
        assert message_id in [row["id"] for row in judge.value("moderation_state", "queue")]
        assert rows(author)[message_id]["status"] == "pending"


async def test_a_visitor_who_asks_for_the_queue_gets_none_of_it_now_or_later(
    visitor: Visitor, other: Visitor, moderator: Visitor
) -> None:
    await other.register()
    async with visitor.tab() as author, other.tab() as intruder, moderator.tab() as judge:
        await author.boot("/chat")
        await judge.boot("/moderation")
        body = a_link()
        await hold(author, body)
        await intruder.boot("/")
        await intruder.call(f"{intruder.find('moderation_state')}.refresh", path="/moderation")
        await intruder.until(lambda: intruder.value("moderation_state", "problem") == REFUSAL)
        seen, announced = len(intruder.frames), len(judge.frames)
        await hold(author, a_link())
        await judge.until(lambda: any("moderation_feed" in text for text in judge.frames[announced:]))
        await everybody_sees_the_next_one(author, intruder)
        assert intruder.value("moderation_state", "queue") == []
        assert body not in json.dumps(intruder.frames)
        assert not [text for text in intruder.frames[seen:] if "moderation_feed" in text]


async def test_a_moderator_lets_a_message_into_every_tab(
    visitor: Visitor, other: Visitor, moderator: Visitor
) -> None:
    async with visitor.tab() as author, other.tab() as stranger, moderator.tab() as judge:
        await author.boot("/chat")
        await stranger.boot("/chat")
        await judge.boot("/moderation")
        body = a_link()
        message_id = await hold(author, body)
        await decide(judge, "approve", message_id)
        await stranger.until(lambda: message_id in rows(stranger))
        assert rows(stranger)[message_id]["body"] == body


async def test_a_moderator_without_an_origin_is_nobody(visitor: Visitor, moderator: Visitor) -> None:
    async with visitor.tab() as author, moderator.tab(origin=None) as intruder:
        await author.boot("/chat")
        message_id = await hold(author, a_link())
        await intruder.boot("/")
        await decide(intruder, "approve", message_id)
        await intruder.until(lambda: intruder.value("moderation_state", "notice") == REFUSAL)


async def test_a_demoted_moderator_is_refused_from_the_next_action_on(
    site: Site, visitor: Visitor, other: Visitor
) -> None:
    username = await other.register()
    site.run("promote", username)
    async with visitor.tab() as author, other.tab() as judge:
        await author.boot("/chat")
        message_id = await hold(author, a_link())
        await judge.boot("/moderation")
        assert judge.value("moderation_state", "problem") != REFUSAL
        assert message_id in [row["id"] for row in judge.value("moderation_state", "queue")]
        site.run("demote", username)
        frames = len(judge.frames)
        await judge.call(HYDRATE, {}, path="/")
        await judge.until(lambda: 'is_hydrated_rx_state_":true' in "".join(judge.frames[frames:]))
        again = "".join(judge.frames[frames:])
        assert message_id not in again
        assert '"allowed_rx_state_":true' not in again
        await decide(judge, "approve", message_id)
        await judge.until(lambda: judge.value("moderation_state", "notice") == REFUSAL)


async def test_another_visitors_client_id_is_no_handle_on_their_message(
    visitor: Visitor, other: Visitor
) -> None:
    async with visitor.tab() as author, other.tab() as stranger:
        await author.boot("/chat")
        await stranger.boot("/chat")
        client_id = await post(author, "mine, said first")
        await post(stranger, "theirs, under the same id", client_id)
        await author.until(
            lambda: len([row for row in rows(author).values() if row["cid"] == client_id]) == 2
        )
        bodies = {row["body"] for row in rows(author).values() if row["cid"] == client_id}
        assert bodies == {"mine, said first", "theirs, under the same id"}


async def test_a_guest_who_floods_is_held_back_and_another_guest_is_not(
    visitor: Visitor, other: Visitor
) -> None:
    async with visitor.tab() as flooder, other.tab() as neighbour:
        await flooder.boot("/chat")
        await neighbour.boot("/chat")
        for number in range(30):
            await post(flooder, f"flood {number} {secrets.token_hex(3)}")
            if flooder.value("chat_state", "outcome")["error"]:
                break
        assert "Try again in" in flooder.value("chat_state", "outcome")["error"]
        assert flooder.value("chat_state", "outcome")["retry_after"] >= 1
        await post(neighbour, "unbothered")
        assert neighbour.value("chat_state", "outcome")["error"] == ""


@pytest.mark.parametrize("room", ["lobby:{session}", "nowhere", "lobby:{session}/"])
async def test_an_address_that_names_no_room_joins_no_topic(
    site: Site, visitor: Visitor, other: Visitor, room: str
) -> None:
    async with visitor.tab() as author, other.tab() as spy:
        await author.boot("/chat")
        await hold(author, "look at first.example.com")
        with sqlite3.connect(site.data_dir / "portfolio.db") as database:
            query = "SELECT session_id FROM messages WHERE body = 'look at first.example.com'"
            (session,) = database.execute(query).fetchone()
            database.execute("DELETE FROM messages WHERE body LIKE 'look at%'")
        path = f"/chat/{room.format(session=session)}"
        await spy.boot(path)
        await spy.call(f"{spy.find('chat_state')}.enter", path=path)
        await spy.until(lambda: spy.value("chat_state", "missing"))
        await hold(author, "look at second.example.com")
        await post(spy, "what comes after it has come, too", path=path)
        assert "look at second.example.com" not in [row["body"] for row in rows(spy).values()]


async def queue(judge: Tab) -> list[dict[str, Any]]:
    """Read the queue anew, as the page does when it is told of a change."""
    name = judge.find("moderation_state")
    judge.state[name]["queue"] = None
    await judge.call(f"{name}.refresh", path="/moderation")
    await judge.until(lambda: judge.state[name]["queue"] is not None)
    found: list[dict[str, Any]] = judge.state[name]["queue"]
    return found


async def act(tab: Tab, handler: str, **payload: object) -> dict[str, Any]:
    """Call one of the handlers for authors, and return what its state says after the answer."""
    name = tab.find("authors_state")
    tab.state[name] |= {"notice": None, "problem": None}
    await tab.call(f"{name}.{handler}", payload, path="/chat")
    await tab.until(lambda: tab.value("authors_state", "notice") or tab.value("authors_state", "problem"))
    return tab.state[name]


async def test_a_muted_author_is_refused_in_words_and_nobody_but_a_moderator_mutes_or_lifts(
    visitor: Visitor, other: Visitor, moderator: Visitor
) -> None:
    async with visitor.tab() as author, other.tab() as reader, moderator.tab() as judge:
        for tab in (author, reader, judge):
            await tab.boot("/chat")
        spam = f"spam {secrets.token_hex(4)}"
        await post(author, spam)
        await reader.until(lambda: any(row["body"] == spam for row in rows(reader).values()))
        [message_id] = [row["id"] for row in rows(reader).values() if row["body"] == spam]
        for handler, payload in (
            ("mute", {"id": message_id, "length": "1 hour"}),
            ("ban", {"id": message_id}),
            ("lift", {"handle": "0" * 16}),
        ):
            assert (await act(reader, handler, **payload))["problem"] == REFUSAL
        for length in ("for ever", 10, None, ["1 hour"]):
            assert "not valid" in (await act(judge, "mute", id=message_id, length=length))["problem"]
        banned = await act(judge, "ban", id=message_id)
        assert banned["notice"].endswith("is banned, 1 message is hidden.")
        await reader.until(lambda: rows(reader)[message_id]["body"] == "")
        await post(author, "still here")
        assert (
            author.value("chat_state", "outcome")["error"] == "A moderator has banned you from writing here."
        )
        await act(judge, "lift", handle=banned["handle"])
        await reader.until(lambda: rows(reader)[message_id]["body"] == spam)
        await post(author, "and back")
        assert author.value("chat_state", "outcome")["error"] == ""


async def test_a_report_is_received_once_a_flood_is_cut_off_and_a_moderator_keeps_the_message(
    visitor: Visitor, other: Visitor, moderator: Visitor
) -> None:
    async with visitor.tab() as author, other.tab() as reader, moderator.tab() as judge:
        await author.boot("/chat")
        await reader.boot("/chat")
        await judge.boot("/moderation")
        body = f"buy followers {secrets.token_hex(4)}"
        await post(author, body)
        await reader.until(lambda: any(row["body"] == body for row in rows(reader).values()))
        [message_id] = [row["id"] for row in rows(reader).values() if row["body"] == body]

        async def report(**form: object) -> str:
            name = reader.find("changes_state")
            reader.state[name] |= {"reported": "", "problem": ""}
            await reader.call(f"{name}.report", {"form": form}, path="/chat")
            await reader.until(lambda: reader.state[name]["reported"] or reader.state[name]["problem"])
            return str(reader.state[name]["reported"] or reader.state[name]["problem"])

        assert "not valid" in await report(id=message_id, reason="spam", count=1_000)
        assert "not valid" in await report(id=[message_id], reason="spam")
        assert "200 characters" in await report(id=message_id, reason="x" * 201)
        assert "was received" in await report(id=message_id, reason="spam")
        assert "reported this message already" in await report(id=message_id, reason="spam!")
        [row] = [row for row in await queue(judge) if row["id"] == message_id]
        assert (row["reports"], row["reasons"]) == (1, ["spam"])
        answers = [await report(id=message_id, reason="") for _ in range(10)]
        assert "Too fast" in answers[-1]
        await decide(reader, "keep", message_id)
        await reader.until(lambda: reader.value("moderation_state", "notice") == REFUSAL)
        announced = len(judge.frames)
        await decide(judge, "keep", message_id)
        await judge.until(lambda: any("moderation_feed" in text for text in judge.frames[announced:]))
        assert message_id not in [row["id"] for row in await queue(judge)]
        assert rows(reader)[message_id]["body"] == body


async def end_sessions(tab: Tab, form: object) -> str:
    """Try to sign a member out as the moderators' page does; returns what is said."""
    name = tab.find("members_state")
    tab.state[name] |= {"errors": None, "said": None}
    await tab.call(f"{name}.end_sessions", {"form": form}, path="/moderation")
    await tab.until(lambda: tab.state[name]["said"] or tab.state[name]["errors"])
    return str(tab.state[name]["said"] or " ".join(tab.state[name]["errors"].values()))


async def test_a_moderator_signs_a_member_out_everywhere_and_nobody_else_does(
    visitor: Visitor, other: Visitor, moderator: Visitor
) -> None:
    username = await visitor.register()
    form = {"username": username, "password": ""}
    async with visitor.tab() as own, other.tab() as guest, moderator.tab() as judge:
        for tab in (own, guest, judge):
            await tab.boot("/moderation")
        for intruder in (guest, own):
            assert await end_sessions(intruder, form) == REFUSAL
        async with moderator.tab(origin=None) as without_origin:
            await without_origin.boot("/")
            assert await end_sessions(without_origin, form) == REFUSAL
        plain = await other.post("/unsent/member-sessions", form)
        assert (plain.status_code, REFUSAL in plain.text) == (403, True)
        for wrong in (
            form | {"username": 7},
            form | {"extra": "x"},
            [form],
            {},
            form | {"username": "x" * 600},
        ):
            assert "not valid" in await end_sessions(judge, wrong)
        assert await end_sessions(judge, form | {"password": "guess"}) == "That is not your password."
        assert await end_sessions(judge, {"username": "nobody", "password": PASSWORD}) == (
            "There is no user called nobody."
        )
        assert (await visitor.who())["username"] == username

        assert await end_sessions(judge, form | {"password": PASSWORD}) == (
            f"{username} is signed out: 1 session has ended."
        )
        assert await own.closed() == 1012
        await queue(judge)
        [line] = [row for row in judge.value("moderation_state", "trail") if row["subject"] == username][:1]
        assert line["action"] == "account.sessions_ended"
    async with visitor.tab() as again:
        await again.boot()
        assert "Your session was ended" in again.value("identity_state", "notice")
    plain = await moderator.post("/unsent/member-sessions", form)
    assert (plain.status_code, "0 sessions have ended" in plain.text) == (200, True)
