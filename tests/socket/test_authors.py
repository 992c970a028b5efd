"""Authors over the wire: muted, banned, reported and signed out, and who may do that."""

import secrets
from typing import Any

import pytest

from tests.socket.client import Tab
from tests.socket.test_moderation import REFUSAL, decide, post, rows
from tests.socket.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.server


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
        for wrong in (form | {"username": 7}, form | {"extra": "x"}, [form], {}):
            assert "not valid" in await end_sessions(judge, wrong)
        assert "too long" in await end_sessions(judge, form | {"username": "x" * 600})
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
