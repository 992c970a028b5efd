"""Taking one's messages along and erasing them, over the wire: what another tab shows, and what was not asked for."""

import json
import secrets

import pytest

from tests.site import Site
from tests.socket.client import Tab
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


async def post(tab: Tab, body: str) -> None:
    cid = secrets.token_hex(8)
    await tab.call(f"{tab.find('chat_state')}.send", {"client_id": cid, "body": body}, path="/chat")
    await tab.until(lambda: (tab.value("chat_state", "outcome") or {}).get("cid") == cid)


async def test_a_visitor_takes_their_messages_along_and_erases_them_in_every_open_tab(site: Site) -> None:
    word = f"w{secrets.token_hex(8)}"
    async with Visitor(site) as ann, Visitor(site) as bob, ann.tab() as tab, bob.tab() as other:
        await tab.boot("/chat")
        await other.boot("/chat")
        await post(other, f"{word} of bob")
        for n in range(3):
            await post(tab, f"{word} {n} “quoted”")
        answer = await ann.http.get("/api/own/messages.json", headers=ann.jar)
        assert answer.headers["content-disposition"].startswith("attachment")
        exported = {message["body"]: message for message in answer.json()["messages"]}
        assert sorted(exported) == [f"{word} {n} “quoted”" for n in range(3)]
        ids = {message["id"] for message in exported.values()}
        await other.call(f"{other.find('search_state')}.search", {"form": {"query": word}}, path="/chat")
        await other.until(lambda: len(other.value("search_state", "hits") or []) == 4)
        name = tab.find("own_state")
        await tab.call(f"{name}.erase", {}, path="/chat")  # it was not asked yet
        await tab.settle()
        assert len((await ann.http.get("/api/own/messages.json", headers=ann.jar)).json()["messages"]) == 3
        await tab.call(f"{name}.ask", {}, path="/chat")
        await tab.call(f"{name}.erase", {}, path="/chat")
        await tab.until(lambda: tab.value("own_state", "done"))
        assert tab.value("own_state", "erased") == 3
        await other.until(lambda: ids <= gone(other))
        await other.call(f"{other.find('search_state')}.reread", {}, path="/chat")
        await other.until(lambda: len(other.value("search_state", "hits")) == 1)
        assert other.value("search_state", "hits")[0]["text"] == f"{word} of bob"
        assert (await ann.http.get("/api/own/messages.json", headers=ann.jar)).json() == {"messages": []}
        async with bob.tab() as late:
            await late.boot("/chat")
            bodies = [row["body"] for row in late.value("chat_state", "window")["rows"]]
        assert [body for body in bodies if word in body] == [f"{word} of bob"]


def gone(tab: Tab) -> set[str]:
    """Messages that frames took away, with their texts."""
    found = set()
    for frame in tab.frames:
        if frame.startswith("42/_event,"):
            delta = json.loads(frame.removeprefix("42/_event,"))[1].get("delta") or {}
            rows = [row for values in delta.values() for row in values.get("arrivals_rx_state_") or []]
            found |= {row["id"] for row in rows if row.get("status") == "deleted" and row["body"] == ""}
    return found
