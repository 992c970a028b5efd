"""Answers, reactions, quotes and places over the wire: wrong ones, and too many."""

import secrets
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.site import Site
from tests.socket.client import Tab
from tests.socket.test_moderation import hold, post, rows
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server
WRONG: list[Any] = [None, 7, "", "\0", "' OR 1=1 --", "x" * 65, ["a"], {"id": "a"}]


async def react(tab: Tab, message_id: Any, sign: Any = "like", given: Any = True) -> None:
    payload = {"id": message_id, "sign": sign, "given": given}
    await tab.call(f"{tab.find('changes_state')}.react", payload, path="/chat")


async def test_reactions_that_are_wrong_or_too_many_change_nothing_and_are_refused_in_words(
    visitor: Visitor, other: Visitor
) -> None:
    async with visitor.tab() as author, other.tab() as reader:
        await author.boot("/chat")
        await reader.boot("/chat")
        await post(author, body := f"react to this {secrets.token_hex(4)}")
        await reader.until(lambda: any(row["body"] == body for row in rows(reader).values()))
        [row] = [row for row in rows(reader).values() if row["body"] == body]
        held = await hold(author, f"look at https://example.org/{secrets.token_hex(4)}")
        wrong = [
            *((each, "like", True) for each in (*WRONG, held)),
            (row["id"], "nope", True),
            (row["id"], "like", 1),
        ]
        for message_id, sign, given in wrong:
            reader.state[reader.find("changes_state")]["problem"] = ""
            await react(reader, message_id, sign, given)
            await reader.until(lambda: reader.value("changes_state", "problem"))
        for number in range(20):
            await react(reader, row["id"], given=number % 2 == 0)
        await reader.until(lambda: "Try again in" in (reader.value("changes_state", "problem") or ""))
        last = rows(reader)[row["id"]]
        assert last["body"] == body
        assert last["rev"] - row["rev"] <= 20
        assert [count for _, count in last.get("reactions", [])] in ([], [1])


async def test_only_what_the_room_shows_is_answered_quoted_or_gone_to(
    visitor: Visitor, other: Visitor
) -> None:
    async with visitor.tab() as author, other.tab() as reader:
        await author.boot("/chat")
        await reader.boot("/chat")
        secret = f"look at https://example.org/{secrets.token_hex(4)}"
        held = await hold(author, secret)
        chat = reader.find("chat_state")
        for reply_to in (held, "nothing", "\0", "x" * 65, 7):
            payload = {"client_id": secrets.token_hex(8), "body": "an answer", "reply_to": reply_to}
            reader.state[chat]["outcome"] = {"error": ""}
            await reader.call(f"{chat}.send", payload, path="/chat")
            await reader.until(lambda: reader.value("chat_state", "outcome")["error"])
        seen = len(reader.frames)
        for ids in ([*map(str, range(61))], [7], "abc", [["a"]], ["x" * 65]):
            await reader.call(f"{chat}.read_quotes", {"ids": ids}, path="/chat")
        await reader.call(f"{chat}.go", {"id": held}, path="/chat")
        await reader.until(lambda: "no such message" in (reader.value("chat_state", "problem") or ""))
        assert '"quotes_rx_state_"' not in "".join(reader.frames[seen:]), "all of them were refused"
        await reader.call(f"{chat}.read_quotes", {"ids": [held, "\0"]}, path="/chat")
        await reader.until(lambda: '"quotes_rx_state_"' in "".join(reader.frames[seen:]))
        assert secret not in "".join(reader.frames)


async def test_what_was_never_sent_can_be_taken_back_so_often(visitor: Visitor, site: Site) -> None:
    """Each is a row for good: the message that may be under way has to find its id taken."""
    clients = [secrets.token_hex(8) for _ in range(25)]
    async with visitor.tab() as tab:
        await tab.boot("/chat")
        for each in clients:
            await tab.call(f"{tab.find('chat_state')}.withdraw", {"client_id": each}, path="/chat")
        await tab.settle()
    with closing(sqlite3.connect(f"file:{site.data_dir}/portfolio.db?mode=ro", uri=True)) as database:
        found = {row[0] for row in database.execute("SELECT client_id FROM messages")}
    assert [each in found for each in clients] == [True] * 20 + [False] * 5
