"""Slow mode holds at several workers, which read and write the same rooms."""

import asyncio
import time
from datetime import datetime
from typing import Any

import pytest

from portfolio_app.app.errors import SlowMode
from portfolio_app.domain.chat.room import Room
from portfolio_app.infra.db.batch_sql import BatchSql
from portfolio_app.infra.db.database import Database
from tests.contract.conftest import Storage
from tests.fakes.bus import FakeBus
from tests.fakes.samples import LOBBY, draft


async def test_in_slow_mode_two_workers_store_one_of_two_posts_at_once(
    database: Database, sql_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sql_storage.unit_of_work.run(lambda r: r.rooms.save(Room(LOBBY, "Lobby", slow_s=30)))
    other, read = database.journal(FakeBus()), BatchSql.last_posts

    def late(*asked: Any) -> dict[tuple[str, str], datetime]:
        found = read(*asked)
        time.sleep(0.2)  # the other worker has read by then, too
        return found

    monkeypatch.setattr(BatchSql, "last_posts", late)
    await other.start()
    posts = [draft(sql_storage.clock) for _ in range(2)]
    answers = await asyncio.gather(
        sql_storage.journal.append(posts[0]), other.append(posts[1]), return_exceptions=True
    )
    await other.stop()

    assert sorted(isinstance(answer, SlowMode) for answer in answers) == [False, True]


async def test_a_post_that_a_wrong_clock_put_into_the_future_holds_its_author_back_no_longer(
    sql_storage: Storage,
) -> None:
    await sql_storage.unit_of_work.run(lambda r: r.rooms.save(Room(LOBBY, "Lobby", slow_s=30)))
    sql_storage.clock.advance(hours=1)
    await sql_storage.journal.append(draft(sql_storage.clock))
    sql_storage.clock.advance(hours=-1)

    await sql_storage.journal.append(draft(sql_storage.clock))
    sql_storage.clock.advance(seconds=10)
    with pytest.raises(SlowMode) as slow:
        await sql_storage.journal.append(draft(sql_storage.clock))

    assert slow.value.retry_after == 20
