"""Held messages over the wire: who sees them, who decides, and who only tries to."""

import json
import secrets
import sqlite3
from typing import Any

import pytest

from tests.site import Site
from tests.socket.client import HYDRATE, Tab
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server

REFUSAL = "Only a moderator can do this."


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


async def test_a_members_held_message_is_shown_and_decided_in_every_session_of_theirs(
    visitor: Visitor, other: Visitor, moderator: Visitor
) -> None:
    username = await visitor.register()
    await other.exchange(await other.sign_in(username))
    async with visitor.tab() as laptop, other.tab() as phone, moderator.tab() as judge:
        for tab in (laptop, phone):
            await tab.boot("/chat")
        message_id = await hold(laptop, a_link())
        await phone.until(lambda: rows(phone).get(message_id, {}).get("status") == "pending")
        async with other.tab() as later:
            await later.boot("/chat")
            await later.until(lambda: rows(later).get(message_id, {}).get("status") == "pending")
        await judge.boot("/moderation")
        await decide(judge, "remove", message_id)
        for tab in (laptop, phone):
            await tab.until(lambda tab=tab: rows(tab)[message_id]["status"] == "removed")


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
        # Undo that is pressed twice puts back once, and says nothing of a message that is not there.
        changes = judge.find("changes_state")
        await judge.call(f"{changes}.take_down", {"id": message_id}, path="/chat")
        await judge.until(lambda: judge.value("changes_state", "taken_down") == message_id)
        for _ in range(2):
            await judge.call(f"{changes}.restore", path="/chat")
        await stranger.until(lambda: rows(stranger)[message_id]["body"] == body)
        await decide(judge, "approve", message_id)
        await judge.until(lambda: judge.value("moderation_state", "notice"))
        assert judge.value("changes_state", "problem") == ""


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
        assert judge.value("rooms_state", "rooms")
        site.run("demote", username)
        frames = len(judge.frames)
        await judge.call(HYDRATE, {}, path="/")
        await judge.until(lambda: 'is_hydrated_rx_state_":true' in "".join(judge.frames[frames:]))
        again = "".join(judge.frames[frames:])
        assert message_id not in again
        assert '"allowed_rx_state_":true' not in again
        assert judge.value("rooms_state", "rooms") == []
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
