"""Live facts over the wire: each visitor reads their own, whatever they ask for."""

import json
import secrets
from typing import Any

import pytest

from portfolio_app.infra.tracing.sessions import TRACES
from tests.socket.client import Tab
from tests.socket.feed import Feed
from tests.socket.visitor import Visitor

pytestmark = [pytest.mark.server, pytest.mark.sections("live")]


async def facts(tab: Tab, **payload: Any) -> dict[str, Any]:
    """Ask for the facts of this tab's visitor."""
    tab.state[tab.find("showcase_state")]["facts"] = None
    await tab.call(f"{tab.find('showcase_state')}.refresh", payload)
    await tab.until(lambda: tab.value("showcase_state", "facts"))
    return dict(tab.value("showcase_state", "facts"))


def field(handoff: dict[str, Any], name: str) -> str:
    """The value of one field of a typed hand-off."""
    [value] = [pair["v"] for pair in handoff["fields"] if pair["k"] == name]
    return str(value)


async def test_a_visitor_who_did_nothing_is_told_that_nothing_is_stored(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        found = await facts(tab)

    assert found["handoffs"]["types"] == []
    assert found["emitted"]["rows"] == []
    assert found["identity"]["store"] == "SQLite, not yet a row"
    assert found["identity"]["cookie"].startswith("portfolio_session_")  # and the port
    assert "HttpOnly" in found["identity"]["flags"]


async def test_a_visitors_last_message_is_shown_at_each_hand_off_to_them_alone(
    visitor: Visitor, other: Visitor
) -> None:
    body = f"only mine {secrets.token_hex(6)}"
    async with visitor.tab() as tab, other.tab() as neighbour:
        feed = await Feed.of(tab)
        request_id = await feed.post(body)
        found = await facts(tab)
        await neighbour.boot()
        theirs = await facts(neighbour)

    handoffs = found["handoffs"]
    assert [each["kind"] for each in handoffs["types"]] == ["DTO", "Command", "Domain", "SQL row"]
    assert [each["layer"] for each in handoffs["types"]] == ["http", "app", "domain", "infra"]
    assert [field(each, "body") for each in handoffs["types"]] == [repr(body)] * 4
    assert request_id in handoffs["source"]
    assert found["emitted"]["request_id"] == found["crossing"]["request_id"] == request_id
    assert {row["request_id"] for row in found["emitted"]["rows"]} == {request_id}
    assert found["controls"]["remaining"] == "4 of 5 in 10 s"
    assert body not in json.dumps(theirs)
    assert request_id not in json.dumps(theirs)


async def test_each_hand_off_shows_the_value_that_it_held(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        feed = await Feed.of(tab)
        await feed.post("  hi\r\nthere\u202e ")
        types = (await facts(tab))["handoffs"]["types"]

    came, became = r"'  hi\r\nthere\u202e '", r"'  hi\nthere'"
    assert [field(each, "body") for each in types] == [came, came, became, became]


async def test_the_tabs_keep_to_the_last_post_that_was_accepted(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        feed = await Feed.of(tab)
        accepted = await feed.post("this one")
        await tab.call(
            f"{tab.find('chat_state')}.send", {"client_id": "refused-post", "body": " "}, path="/chat"
        )
        await tab.until(lambda: len(feed.posts) == 2)
        found = await facts(tab)

    assert feed.posts[1]["status"] == 422
    assert accepted in found["handoffs"]["source"]
    assert found["emitted"]["request_id"] == found["crossing"]["request_id"] == accepted


async def test_a_burst_of_requests_pushes_no_fact_of_the_last_post_away(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        feed = await Feed.of(tab)
        request_id = await feed.post()
        before = await facts(tab)
        for _ in range(TRACES + 1):
            await visitor.http.get("/api/nothing", headers=visitor.jar)
        await tab.until(lambda: len(feed.network) > TRACES)
        after = await facts(tab)

    assert after["crossing"] == before["crossing"]
    assert after["emitted"]["request_id"] == request_id
    assert before["emitted"]["rows"] == after["emitted"]["rows"] != []


async def test_a_message_sent_again_is_shown_as_it_first_came(visitor: Visitor) -> None:
    again = {"client_id": "the-same-message", "body": "once"}
    async with visitor.tab() as tab:
        feed = await Feed.of(tab)
        for times in (1, 2):
            await tab.call(f"{tab.find('chat_state')}.send", again, path="/chat")
            await tab.until(lambda times=times: len(feed.posts) == times)
        found = await facts(tab)

    assert feed.posts[0]["request_id"] == found["emitted"]["request_id"]
    assert feed.posts[0]["request_id"] in found["handoffs"]["source"]


async def test_neither_secret_nor_session_id_is_ever_told(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        feed = await Feed.of(tab)
        await feed.post()
        found = json.dumps(await facts(tab))

    assert visitor.cookie is not None
    assert visitor.cookie.partition("=")[2] not in found
    row = json.loads(found)["handoffs"]["types"][-1]
    assert len(field(row, "session_id")) == 5


@pytest.mark.parametrize("argument", ["session_id", "caller", "self", "visitor"])
async def test_asking_for_somebody_elses_facts_is_no_event_of_this_site(
    visitor: Visitor, argument: str
) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        tab.state[tab.find("showcase_state")]["facts"] = None
        await tab.call(f"{tab.find('showcase_state')}.refresh", {argument: "0" * 32})
        await tab.settle()
        assert tab.value("showcase_state", "facts") is None


async def test_a_tab_without_an_origin_gets_facts_of_nobody(visitor: Visitor) -> None:
    await visitor.register()
    async with visitor.tab(origin=None) as tab:
        await tab.boot()
        found = await facts(tab)

    assert found["identity"]["visitor"].startswith("guest ")
