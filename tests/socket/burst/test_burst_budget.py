"""A burst beyond what the site takes from everybody together."""

import asyncio
from pathlib import Path

import pytest

from tests.socket.burst import burst, fields
from tests.socket.conftest import backend
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server
TAKEN = 6  # by `frugal`


async def test_requests_over_the_budget_are_refused_and_the_receipt_balances(tmp_path: Path) -> None:
    with backend(tmp_path, target="tests.socket.burst.frugal:app") as site:
        async with Visitor(site) as visitor, burst(visitor, mode="write") as sender:
            answers = await asyncio.gather(*map(sender.send, range(10)))
            await sender.report(map(fields, range(10), answers))
            receipt = (await sender.finish(10)).json()

    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert receipt["balanced"], receipt["mismatches"]
    counted = {
        "answered": TAKEN,
        "stored": TAKEN,
        "refused": 10 - TAKEN,
        "failed": 0,
        "cancelled": 0,
        "received": 10,
    }
    assert receipt["ledgers"] == counted | {"sent": 10, "pushed": 10}
    assert receipt["statuses"] == {"200": TAKEN, "429": len(refused)}
