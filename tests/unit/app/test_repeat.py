"""Work that is due again and again."""

import asyncio
import logging

import pytest

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.repeat import repeat


async def test_work_is_done_again_and_again_whatever_went_wrong(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done, enough = 0, asyncio.Event()

    async def work() -> None:
        nonlocal done
        done += 1
        if done == 2:
            raise Unavailable
        if done == 3:
            raise ValueError
        if done == 5:
            enough.set()

    with caplog.at_level(logging.WARNING):
        task = asyncio.create_task(repeat("work", work, 0.001))
        await asyncio.wait_for(enough.wait(), 60)
        task.cancel()

    assert [record.getMessage() for record in caplog.records] == [
        "the database does not answer yet: work waits",
        "work failed",
    ]
