"""Contract of `Rows`: any one table."""

import asyncio

from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.demos.kudos import KudosRow
from portfolio_app.infra.db.database import Database
from tests.contract.conftest import Storage


async def test_a_row_that_was_added_is_found_by_its_key(storage: Storage) -> None:
    await storage.unit_of_work.run(lambda r: r.rows(KudosRow).add(KudosRow(id=4, given=2)))
    found = await storage.unit_of_work.run(lambda r: r.rows(KudosRow).get(4))
    assert found is not None
    assert found.given == 2
    assert await storage.unit_of_work.run(lambda r: r.rows(KudosRow).get(5)) is None


async def test_the_newest_rows_come_first(storage: Storage) -> None:
    def add(repositories: Repositories) -> None:
        for key in (2, 3, 1):
            repositories.rows(KudosRow).add(KudosRow(id=key))

    await storage.unit_of_work.run(add)
    found = await storage.unit_of_work.run(lambda r: r.rows(KudosRow).newest(2))
    assert [row.id for row in found] == [3, 2]


async def test_an_increase_makes_the_row_it_does_not_find(storage: Storage) -> None:
    for expected in (2, 4):
        row = await storage.unit_of_work.run(lambda r: r.rows(KudosRow).increase(1, given=2))
        assert (row.id, row.given) == (1, expected)


async def test_no_increase_is_lost_among_others_at_the_same_time(database: Database) -> None:
    runs = (database.unit_of_work.run(lambda r: r.rows(KudosRow).increase(1, given=1)) for _ in range(40))
    seen = await asyncio.gather(*runs)
    assert sorted(row.given for row in seen) == list(range(1, 41))
