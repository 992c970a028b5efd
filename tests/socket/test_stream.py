"""A terminal that follows a visitor's session."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.site import Site
from tests.socket.conftest import backend
from tests.socket.feed import Feed
from tests.socket.room import post
from tests.socket.terminal import Terminal, follow, posts
from tests.socket.visitor import Visitor
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.server


async def row_of_a_request(visitor: Visitor, terminal: Terminal) -> int:
    """Make a request and wait for its row, before which every earlier row comes; returns its number."""
    answer = await visitor.http.get("/api/live", headers=visitor.jar)
    request_id = answer.headers["x-request-id"]
    await terminal.until(lambda: any(row["request_id"] == request_id for row in terminal.rows.values()))
    [number] = [seq for seq, row in terminal.rows.items() if row["request_id"] == request_id]
    return number


async def test_a_terminal_sees_what_the_page_sees(site: Site, visitor: Visitor) -> None:
    arrived: dict[int, dict[str, Any]] = {}

    def note(delta: dict[str, dict[str, Any]]) -> None:
        for name, values in delta.items():
            if name.endswith("log_feed"):
                arrived.update({row["seq"]: row for row in values.get("arrivals_rx_state_", [])})

    async with visitor.tab() as tab, follow(site, visitor.jar | visitor.proxy) as terminal:
        tab.watch = note
        await tab.boot("/chat/lobby")
        await post(tab, "message 1")
        await tab.until(lambda: any(row["message"] == "PostMessage" for row in arrived.values()))
        await terminal.until(lambda: arrived.keys() <= terminal.rows.keys())
        shown = dict(arrived)
    assert (terminal.status, terminal.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert shown
    for seq, row in shown.items():
        streamed = terminal.rows[seq]
        at = datetime.fromtimestamp(row["at"] / 1000, UTC)
        assert (
            streamed["at"] == f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"
        )  # a terminal can't know the zone
        assert streamed | {"pills": None, "at": 0} == row | {"pills": None, "at": 0}
        assert streamed["pills"] == {pill["k"]: pill["v"] for pill in row["pills"]}
    assert list(terminal.rows) == list(range(1, len(terminal.rows) + 1))


async def test_a_page_without_a_websocket_gets_its_room_and_its_rows_and_what_comes_after(
    site: Site, visitor: Visitor, other: Visitor
) -> None:
    found: dict[str, dict[str, Any]] = {}

    def took(frame: str) -> None:
        for name, values in json.loads(frame[frame.index("[") :])[1]["delta"].items():
            for channel, value in values.items():
                kept = found.setdefault(name.rpartition("___")[2], {})
                before = kept.get(channel, [])
                kept[channel] = (
                    [*before, *value] if isinstance(before, list) and isinstance(value, list) else value
                )

    address = f"{site.url}/api/stream?page=%2Fchat%2Flobby"
    async with (
        other.tab() as writing,
        httpx.AsyncClient(timeout=PATIENCE_S) as client,
        client.stream("GET", address, headers=visitor.jar | visitor.proxy) as answer,
    ):
        lines = answer.aiter_lines()

        async def until(seen: Callable[[], Any]) -> None:
            while not seen():
                line = await anext(lines)
                if line.startswith("data: 2"):
                    took(line.removeprefix("data: "))

        await until(lambda: "chat_state" in found)
        window = found["chat_state"]["window_rx_state_"]
        assert (window["room"], found["chat_state"]["title_rx_state_"]) == ("lobby", "Lobby")
        assert found["identity_state"]["tag_rx_state_"]
        await writing.boot("/chat/lobby")
        await post(writing, "message 1")
        await until(lambda: found.get("room_feed", {}).get("arrivals_rx_state_"))
        assert found["room_feed"]["arrivals_rx_state_"][-1]["body"] == "message 1"
        request = await visitor.http.get("/api/live", headers=visitor.jar)
        own = request.headers["x-request-id"]
        for rows in ("requests_rx_state_", "arrivals_rx_state_"):
            await until(lambda rows=rows: own in str(found.get("log_feed", {}).get(rows)))
        assert "PostMessage" not in str(found["log_feed"])  # which is another visitor's


async def test_a_terminal_that_was_killed_resumes_and_misses_nothing(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/chat/lobby")
        async with follow(site, visitor.jar | visitor.proxy) as first:
            await post(tab, "message 1")
            await first.until(lambda: posts(first) == 1)
        last = max(first.rows)
        for number in (2, 3):
            await post(tab, f"message {number}")
        async with follow(site, visitor.jar | visitor.proxy, last=last) as second:
            await post(tab, "message 4")
            await second.until(lambda: posts(second) == 3)
            await second.until(lambda: {"stream resumed", "stream ended"} <= set(second.saw("demo.sse")))
    assert not second.named
    assert list(first.rows) + list(second.rows) == list(range(1, max(second.rows) + 1))
    resumed = next(row for row in second.rows.values() if row["message"] == "stream resumed")
    assert resumed["pills"]["resumed"] == str(last)
    ended = next(row for row in second.rows.values() if row["message"] == "stream ended")
    assert ended["pills"]["reason"] == "reader left"


async def test_a_number_from_another_count_is_answered_with_a_gap(site: Site, visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await (await Feed.of(tab, "/chat/lobby")).post()
        async with follow(site, visitor.jar | visitor.proxy, last=99_999) as terminal:
            await terminal.until(lambda: posts(terminal) == 1)
    assert terminal.named == [("gap", {"after": 99_999, "next": 1})]


async def test_a_stream_causes_two_rows_and_then_is_quiet(site: Site, visitor: Visitor) -> None:
    async with follow(site, visitor.jar | visitor.proxy) as terminal:
        await terminal.until(lambda: terminal.saw("demo.sse"))
        later = [await row_of_a_request(visitor, terminal) for _ in range(3)]
    assert later == list(range(later[0], later[0] + 3)), "nothing comes between the rows of three requests"
    assert terminal.saw("demo.sse") == ["stream started"]
    [started] = [row for row in terminal.rows.values() if row["target"] == "demo.sse"]
    assert started["request_id"] == terminal.headers["x-request-id"]


async def test_nobody_elses_rows_are_streamed(site: Site, visitor: Visitor, other: Visitor) -> None:
    async with visitor.tab() as tab, follow(site, other.jar | other.proxy) as terminal:
        await (await Feed.of(tab, "/chat/lobby")).post()
        await row_of_a_request(other, terminal)
    assert posts(terminal) == 0


async def test_asking_for_the_head_opens_nothing(site: Site, visitor: Visitor) -> None:
    answer = await visitor.http.head("/api/stream", headers=visitor.jar)
    assert answer.status_code == httpx.codes.OK
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_a_stopping_server_ends_its_streams_at_once_and_says_so(tmp_path: Path) -> None:
    with backend(tmp_path) as site:
        async with follow(site) as terminal:
            await terminal.until(lambda: terminal.saw("demo.sse"))
            site.process.terminate()
            await terminal.until(terminal.ended.is_set)
            await asyncio.to_thread(site.process.wait, PATIENCE_S)
        assert "timeout graceful shutdown exceeded" not in site.output()
        assert terminal.named == [("end", {"reason": "server stopping"})]
        assert "Traceback" not in site.output()
