"""What a websocket may carry, and what becomes of the rest."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.site import Site
from tests.socket.conftest import backend
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server

UNKNOWN = 3_000
HANDLERS = [
    "chat_state.send",
    "chat_state.repair",
    "chat_state.enter",
    "moderation_state.approve",
    "sign_in_state.submit",
]


def frame(name: str, payload: Any) -> str:
    return "42/_event," + json.dumps(["event", {"name": name, "payload": payload, "router_data": {}}])


def resident_kb(site: Site) -> int:
    status = Path(f"/proc/{site.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]


async def still_answers(tab: Any) -> None:
    await tab.call(f"{tab.find('sign_in_state')}.submit", {"form": {}}, path="/sign-in")
    await tab.until(lambda: tab.value("sign_in_state", "error"))


async def test_unknown_events_leave_no_log_line_and_no_memory_behind(tmp_path: Path) -> None:
    with backend(tmp_path, RATE_LIMITS="off") as site:
        async with Visitor(site) as visitor, visitor.tab() as tab:
            await tab.boot()
            for round_ in range(2):
                before = resident_kb(site), len(site.output())
                for number in range(UNKNOWN):
                    await tab.raw(frame(f"no.such_state_{round_}.canary{number}", {"x": "y" * 500}))
                await still_answers(tab)
            # The first round warms the allocator up; Reflex alone would keep about 1 KB of each.
            assert resident_kb(site) - before[0] < UNKNOWN // 2
            assert "canary" not in site.output()
            assert site.output().count("\n", before[1]) < 20


@pytest.mark.parametrize(
    "event",
    [
        "reflex___state____state.set_is_hydrated",
        "reflex___state____state.setvar",
        "reflex___state____state.hydrate",
        "reflex___state____state.reflex___state____on_load_internal_state.set_is_hydrated",
    ],
)
async def test_setters_of_the_framework_can_not_be_called(visitor: Visitor, event: str) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        seen = len(tab.frames)
        await tab.raw(frame(event, {"value": False, "var_name": "is_hydrated"}))
        await still_answers(tab)
        assert not [text for text in tab.frames[seen:] if "is_hydrated" in text]


async def test_state_that_no_handler_offers_can_not_be_set_through_storage(
    site: Site, visitor: Visitor
) -> None:
    before = len(site.output())
    async with visitor.tab() as tab:
        await tab.boot()
        identity = tab.find("identity_state")
        forged = {
            f"{identity}.is_moderator_rx_state_": True,
            f"{identity}.username": "admin",
            "no.state.x": 1,
        }
        internal = "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal"
        await tab.raw(frame(internal, {"vars": forged}))
        await still_answers(tab)
        assert tab.value("identity_state", "is_moderator") is False
        assert tab.value("identity_state", "username") == ""
    assert "unforeseen" not in site.output()[before:]


@pytest.mark.parametrize("size", [64 * 1024 + 10, 2_000_000])
async def test_an_oversized_frame_closes_the_connection(visitor: Visitor, size: int) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        await tab.raw(frame("x", {"x": "y" * size}))
        assert await tab.closed() == 1009


@pytest.mark.parametrize("data", [b"\x00\x01", b'42/_event,["event",{}]'])
async def test_a_binary_frame_closes_the_connection(visitor: Visitor, data: bytes) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        await tab.raw(data)
        assert await tab.closed() == 1003


async def test_a_binary_event_is_never_waited_for(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        await tab.raw('451-/_event,["event",{"_placeholder":true,"num":0}]')
        await still_answers(tab)


async def test_a_flood_closes_the_flooders_tab_and_nobody_elses(visitor: Visitor, other: Visitor) -> None:
    async with visitor.tab() as flooder, other.tab() as neighbour:
        await flooder.boot()
        await neighbour.boot()
        for _ in range(180):  # more than one tab's allowance, less than its session's
            await flooder.raw("3")
        assert await flooder.closed() == 1008
        await still_answers(neighbour)


async def test_many_tabs_do_not_multiply_what_one_session_may_send(visitor: Visitor) -> None:
    tabs = [visitor.tab() for _ in range(6)]
    opened = [await tab.__aenter__() for tab in tabs]
    try:
        for _ in range(100):
            for tab in opened:
                await tab.raw("3")
        codes = await asyncio.gather(*(tab.closed() for tab in opened[-1:]))
        assert codes == [1008]
    finally:
        for tab in tabs:
            await tab.__aexit__(None, None, None)


@pytest.mark.parametrize("handler", HANDLERS)
@pytest.mark.parametrize(
    "payload",
    [
        {"client_id": {"a": 1}, "body": ["x"]},
        {"client_id": None, "body": None},
        {"client_id": 1e308, "body": True},
        {"form": "text"},
        {"form": [1, 2]},
        {"form": {"email": {"$ne": None}, "password": ["x"]}},
        {"form": {"email": "a", "password": "b", "extra": "c"}},
        {"form": {"email": "a" * 60_000, "password": "b"}},
        {"message_id": {"a": 1}, "decision": 7},
        {"message_id": "x" * 5000, "decision": "approve"},
        {"after": "x"},
        {"after": -1},
        {"after": 10**400},
        {"after": [1]},
        {"self": 1},
        {"__class__": 1},
        {},
    ],
    ids=str,
)
async def test_a_payload_of_any_other_type_is_answered_without_a_traceback(
    site: Site, visitor: Visitor, handler: str, payload: dict[str, Any]
) -> None:
    state, _, method = handler.partition(".")
    before = len(site.output())
    async with visitor.tab() as tab:
        await tab.boot()
        await tab.raw(frame(f"{tab.find(state)}.{method}", payload))
        await still_answers(tab)
    logged = site.output()[before:]
    assert "Traceback" not in logged
    assert "unforeseen" not in logged
    assert "Error transforming" not in logged


@pytest.mark.parametrize(
    "auth",
    [
        '{"event":{"name":"no.such"}}',
        '{"event":[]}',
        "[]",
        "{",
        '{"event":{"name":"reflex___state____state.setvar"}}',
    ],
)
async def test_a_connect_packet_is_checked_like_an_event(visitor: Visitor, auth: str) -> None:
    async with visitor.tab() as tab:
        await tab.raw(f"40/_event,{auth}")
        assert await tab.closed() == 1008


async def test_events_before_the_connect_go_nowhere(site: Site, visitor: Visitor) -> None:
    before = len(site.output())
    async with visitor.tab() as tab:
        await tab.raw(frame("reflex___state____state.hydrate_and_load", {}))
        await tab.boot()
    assert "no associated token" not in site.output()[before:]


async def test_the_default_namespace_and_second_connects_are_closed(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.raw("40")
        await tab.boot()
        assert [text for text in tab.frames if re.match(r"4(?!\d/_event,)", text)] == []
        await tab.raw("40/_event,")
        assert await tab.closed() == 1008


async def test_what_a_browser_reports_can_not_forge_log_lines(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        name = f"{tab.find('frontend_event_exception_state')}.handle_frontend_exception"
        text = 'boom\n{"level":"CRITICAL","message":"forged-line"}\x1b[31m' + "z" * 30_000
        await tab.raw(frame(name, {"info": text, "component_stack": "\n"}))
        await still_answers(tab)
    lines = [line for line in site.output().splitlines() if "forged-line" in line]
    assert len(lines) == 1
    assert not lines[0].startswith('{"level":"CRITICAL"')
    assert "\x1b" not in lines[0]
    assert len(lines[0]) < 1_500
