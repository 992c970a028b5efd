"""Searching a room over the wire: results, and what a query that means harm is answered."""

import secrets
from typing import Any

import pytest

from tests.site import Site
from tests.socket.client import Tab
from tests.socket.room import post
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


async def search(tab: Tab, query: Any) -> None:
    await tab.call(f"{tab.find('search_state')}.search", {"form": {"query": query}}, path="/chat")
    await tab.settle()


async def test_a_search_finds_what_is_shown_and_answers_whatever_is_asked(site: Site) -> None:
    word = f"w{secrets.token_hex(8)}"
    async with Visitor(site) as visitor, visitor.tab() as tab:
        await tab.boot("/chat")
        body = {"client_id": secrets.token_hex(8), "body": f"before {word} after"}
        await tab.call(f"{tab.find('chat_state')}.send", body, path="/chat")
        await tab.until(lambda: (tab.value("chat_state", "outcome") or {}).get("cid") == body["client_id"])
        await search(tab, word.upper())
        await tab.until(lambda: tab.value("search_state", "hits"))
        [hit] = tab.value("search_state", "hits")
        assert hit["text"] == f"before {word} after"
        for harmful in ('"', "x" * 10_000, "\0", "→", None, ["x"]):
            await search(tab, harmful)
            assert tab.value("search_state", "problem"), harmful
            assert tab.value("search_state", "hits") == []
        for _ in range(20):
            await search(tab, word)
        assert "Too fast" in tab.value("search_state", "problem")
        await tab.call(f"{tab.find('search_state')}.older", {}, path="/chat")
        await tab.settle()
        assert tab.value("search_state", "hits") == []


async def test_older_results_that_are_refused_take_none_away_and_come_from_the_same_room(site: Site) -> None:
    word = f"w{secrets.token_hex(8)}"
    async with Visitor(site) as visitor, visitor.tab() as tab:
        await tab.boot("/chat")
        await post(tab, f"say {word}")
        await search(tab, word)
        await tab.until(lambda: tab.value("search_state", "hits"))
        older = f"{tab.find('search_state')}.older"
        await tab.call(older, path="/chat/another")
        await tab.settle()
        assert not tab.value("search_state", "problem")
        for _ in range(20):
            await tab.call(older, path="/chat")
        await tab.settle()
        assert "Too fast" in tab.value("search_state", "problem")
        assert [hit["text"] for hit in tab.value("search_state", "hits")] == [f"say {word}"]
