"""What a burst does not take: starts, answers and ends that can not be."""

import json
from typing import Any

import pytest

from tests.socket.burst import burst, start
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


GOOD = [0, "a" * 32, 200, 0, 1, 1]


def changed(place: int, value: Any) -> str:
    return json.dumps({"answers": [[*GOOD[:place], value, *GOOD[place + 1 :]]]})


NO_ANSWERS = [
    *("", "x", "[]", "{}", "null", '{"answers":null}', '{"answers":[[]]}', '{"answers":[[0]]}'),
    *(changed(0, -1), changed(0, "0"), changed(0, 1.5), changed(0, True), changed(0, 10)),
    *(changed(0, 2**70), changed(1, "A" * 32), changed(1, "a" * 33), changed(1, 7), changed(2, 600)),
    *(changed(3, -1), changed(3, float("nan")), changed(3, float("inf")), changed(4, 2**53)),
    *(changed(5, 2), changed(5, True), json.dumps({"answers": [[*GOOD, 1]]})),
    *(json.dumps({"answers": [GOOD] * 501}), json.dumps({"answers": [GOOD], "more": 1})),
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
]


async def test_an_end_that_can_not_be_is_refused(visitor: Visitor) -> None:
    async with burst(visitor) as sender:
        for body in NO_ENDS:
            assert (await sender.post("finish", content=body.encode())).status_code == 422, body


NO_BURSTS: list[tuple[Any, Any, Any]] = [
    *((9, 1, "noop"), (5_001, 1, "noop"), (10, 0, "noop"), (10, 65, "noop"), (10, 1, "drop")),
    *(("10", 1, "noop"), (10.0, 1, "noop"), (True, 1, "noop"), (10, None, "noop"), (10, 1, ["noop"])),
]


async def test_a_burst_that_can_not_be_is_refused(visitor: Visitor) -> None:
    for wanted in NO_BURSTS:
        answer = await start(visitor, *wanted)
        assert answer.status_code == 422, wanted
        assert answer.json()["error"]["request_id"] == answer.headers["x-request-id"]
