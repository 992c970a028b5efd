"""What a burst does not take: starts, answers and ends that can not be."""

import json
from typing import Any

import pytest

from tests.socket.burst import burst, fields, start
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


GOOD = [0, "a" * 32, 200, 0, 1, 1]
WHOLE = [*GOOD, "", 0, 7, None, 5]
"""As today's senders report it."""


def changed(place: int, value: Any) -> str:
    of = GOOD if place < len(GOOD) else WHOLE
    return json.dumps({"answers": [[*of[:place], value, *of[place + 1 :]]]})


NO_ANSWERS = [
    *("", "x", "[]", "{}", "null", '{"answers":null}', '{"answers":[[]]}', '{"answers":[[0]]}'),
    *(changed(0, -1), changed(0, "0"), changed(0, 1.5), changed(0, True), changed(0, 10)),
    *(changed(0, 2**70), changed(1, "A" * 32), changed(1, "a" * 33), changed(1, 7), changed(2, 600)),
    *(changed(3, -1), changed(3, float("nan")), changed(3, float("inf")), changed(4, 2**53)),
    *(changed(5, 2), changed(5, True), json.dumps({"answers": [[*GOOD, 1]]})),
    *(json.dumps({"answers": [GOOD] * 501}), json.dumps({"answers": [GOOD], "more": 1})),
    *(
        changed(6, "boredom"),
        changed(6, None),
        changed(6, 1),
        changed(7, -1),
        changed(7, None),
        changed(8, 10**7),
    ),
    *(changed(9, -1), changed(9, 0.5), changed(10, "1"), changed(10, 2**53)),
    json.dumps({"answers": [WHOLE[:8]]}),
    "[" * 10_000,
]


async def test_answers_that_are_none_are_refused(visitor: Visitor) -> None:
    async with burst(visitor) as sender:
        for body in NO_ANSWERS:
            answer = await sender.post("answers", content=body.encode())
            assert answer.status_code == 422, (body[:80], answer.text)
        assert (await sender.finish(0)).json()["ledgers"]["failed"] == 0


async def test_an_oversized_body_is_cut_off(visitor: Visitor) -> None:
    async with burst(visitor) as sender:
        assert (await sender.post("answers", content=b"x" * 70_000)).status_code == 413


NO_ENDS = [
    *('{"sent":11,"cancelled":false}', '{"sent":-1,"cancelled":false}', '{"sent":"1","cancelled":false}'),
    *('{"sent":1,"cancelled":1}', '{"sent":NaN,"cancelled":false}', '{"sent":1}', "[]"),
    '{"sent":1,"cancelled":false,"x":1}',
    '{"sent":1,"cancelled":false,"rate":2001}',
    '{"sent":1,"cancelled":false,"rate":-1}',
    '{"sent":1,"cancelled":false,"rate":10,"skipped":10}',
    '{"sent":1,"cancelled":false,"rate":10,"rising":1}',
]


async def test_an_end_that_can_not_be_is_refused(visitor: Visitor) -> None:
    async with burst(visitor) as sender:
        for body in NO_ENDS:
            assert (await sender.post("finish", content=body.encode())).status_code == 422, body


async def test_a_run_is_stalled_once_and_by_its_own_sender_only(visitor: Visitor, other: Visitor) -> None:
    async with burst(visitor) as sender, burst(other) as stranger:
        foreign = await stranger.visitor.http.post(
            f"/api/burst/runs/{sender.run}/stall", json={}, headers=other.jar | stranger.headers
        )
        stolen = await other.http.post(
            f"/api/burst/runs/{sender.run}/stall", json={}, headers=other.jar | sender.headers
        )
        bare = await visitor.http.post(f"/api/burst/runs/{sender.run}/stall", json={}, headers=visitor.jar)
        assert [answer.status_code for answer in (foreign, stolen, bare)] == [403, 403, 403]
        for body in ('{"ms":9000}', "[]", ""):
            assert (await sender.post("stall", content=body.encode())).status_code == 422
        assert (await sender.post("stall", {})).status_code == 204
        assert (await sender.post("stall", {})).status_code == 429
        held = await sender.send(0)
        took_us = round(1_000 * float(held.headers["server-timing"].removeprefix("app;dur=")))
        assert (await sender.report([[*fields(0, held), "", 0, 7, 0, took_us]])).status_code == 204
        assert (await sender.finish(10)).json()["stalled_ms"] == 300
        assert (await stranger.finish(10)).json()["stalled_ms"] == 0


NO_BURSTS: list[tuple[Any, Any, Any]] = [
    *((9, 1, "noop"), (5_001, 1, "noop"), (10, 0, "noop"), (10, 65, "noop"), (10, 1, "drop")),
    *(("10", 1, "noop"), (10.0, 1, "noop"), (True, 1, "noop"), (10, None, "noop"), (10, 1, ["noop"])),
]


async def test_a_burst_that_can_not_be_is_refused(visitor: Visitor) -> None:
    for wanted in NO_BURSTS:
        answer = await start(visitor, *wanted)
        assert answer.status_code == 422, wanted
        assert answer.json()["error"]["request_id"] == answer.headers["x-request-id"]
