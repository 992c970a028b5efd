"""The shipped demos by a raw socket: nothing but a demo's own request gets through to it."""

import asyncio
from typing import Any

import pytest

from portfolio_app.demos.kudos import GIVEN
from tests.site import Site
from tests.socket.visitor import Visitor
from tests.waiting import PATIENCE_S

THROW = "reflex___state____state.portfolio_app___demos___dice____dice.throw"
GIVE = "reflex___state____state.portfolio_app___demos___kudos____kudos.give"
KUDOS = GIVE.rpartition(".")[0]  # its whole name: that of the shared value ends alike
SHARED = GIVEN.channel.get_full_name()
REFUSED = "The dice is not valid."


async def test_dice_roll_what_their_request_asks_for(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/dice")
        await tab.call(THROW, {"dice": 6}, path="/dice")
        await tab.until(lambda: tab.value("dice", "total"))
        assert 6 <= tab.value("dice", "total") <= 36


@pytest.mark.parametrize("dice", [0, 7, 10**400, -1, "2", 2.5, True, None, [2], {"dice": 2}], ids=repr)
async def test_a_request_with_other_values_is_refused_in_words(visitor: Visitor, dice: Any) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/dice")
        await tab.call(THROW, {"dice": dice}, path="/dice")
        await tab.until(lambda: tab.value("dice", "problem") == REFUSED)
        assert tab.value("dice", "total") == 0


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (THROW, {"dice": 2, "sides": 20}),
        (THROW, {"asked": {"dice": 2}}),
        (THROW, {"self": 2}),
        (GIVE, {"given": 1_000}),
        (f"{THROW.rpartition('.')[0]}.set_total", {"value": 36}),
        (f"{THROW.rpartition('.')[0]}.setvar", {"var_name": "total", "value": 36}),
        (f"{SHARED}.set_value", {"value": 9}),
    ],
    ids=[
        "one more field",
        "the request as a whole",
        "self",
        "a field of none",
        "setter",
        "setvar",
        "shared value",
    ],
)
async def test_frames_that_are_no_request_of_a_demo_are_dropped(
    visitor: Visitor, name: str, payload: dict[str, Any]
) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/dice")
        await tab.call(name, payload, path="/dice")
        await tab.call(THROW, {"dice": 0}, path="/dice")
        await tab.until(lambda: tab.value("dice", "problem") == REFUSED)
        assert tab.value("dice", "total") == 0
        assert tab.value("shared_kudos", "value") in (None, *range(1_000))


async def test_kudos_reach_every_tab_and_outlive_them(visitor: Visitor, other: Visitor) -> None:
    async with visitor.tab() as giver, other.tab() as reader:
        for tab in (giver, reader):
            await tab.boot("/kudos")
            await tab.until(lambda tab=tab: tab.value("shared_kudos", "value") is not None)
        before = giver.value("shared_kudos", "value")
        assert reader.value("shared_kudos", "value") == before
        await giver.call(GIVE, path="/kudos")
        await reader.until(lambda: reader.value("shared_kudos", "value") == before + 1)
    async with other.tab() as later:
        await later.boot("/kudos")
        await later.until(lambda: later.value("shared_kudos", "value") == before + 1)


async def test_a_flood_of_kudos_is_limited_and_counted_right(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/kudos")
        await tab.until(lambda: tab.value("shared_kudos", "value") is not None)
        before = tab.value("shared_kudos", "value")
        await asyncio.gather(*(tab.call(GIVE, path="/kudos") for _ in range(20)))
        await tab.until(lambda: tab.state.get(KUDOS, {}).get("problem", "").startswith("Too fast."))
        await tab.until(lambda: tab.value("shared_kudos", "value") == before + 5)


async def spans_of(visitor: Visitor, request_id: str) -> list[dict[str, Any]]:
    trace = await visitor.http.get(f"/api/traces/{request_id}", headers=visitor.jar)
    found: list[dict[str, Any]] = trace.json()["resourceSpans"][0]["scopeSpans"][0]["spans"]
    return found


@pytest.mark.parametrize(
    ("name", "payload", "page", "message", "steps"),
    [
        (THROW, {"dice": 2}, "/dice", "dice.roll", set()),
        (GIVE, {}, "/kudos", "kudos.give", {"transaction", "SqlRows.increase", "push shared"}),
    ],
    ids=["dice", "kudos"],
)
async def test_an_action_is_in_log_and_waterfall_with_its_own_source(
    visitor: Visitor, name: str, payload: dict[str, Any], page: str, message: str, steps: set[str]
) -> None:
    async with visitor.tab() as tab:
        rows: list[dict[str, Any]] = []
        tab.watch = lambda delta: rows.extend(
            row
            for state, values in delta.items()
            if state.endswith("log_feed")
            for row in values.get("arrivals_rx_state_", [])
        )
        await tab.boot(page)
        await tab.call(name, payload, path=page)
        await tab.until(lambda: [row for row in rows if row["message"] == message])
        (row,) = [row for row in rows if row["message"] == message]
        assert row["target"] == f"demo.{page.strip('/')}"
        assert {"k": "status", "v": "200"} in row["pills"]
        spans = await spans_of(visitor, row["request_id"])
        async with asyncio.timeout(PATIENCE_S):  # the push to other tabs is added once it is made
            while not steps | {message} <= {span["name"] for span in spans}:
                await asyncio.sleep(0.02)
                spans = await spans_of(visitor, row["request_id"])
    (own,) = [span for span in spans if span["name"] == message]
    facts = {fact["key"]: fact["value"] for fact in own["attributes"]}
    assert facts["code.file.path"] == {"stringValue": f"portfolio_app/demos{page}.py"}


async def test_demos_are_offered_to_search_engines(visitor: Visitor, site: Site) -> None:
    sitemap = (await visitor.http.get("/sitemap.xml")).text
    assert "/dice<" in sitemap
    assert "/kudos<" in sitemap
