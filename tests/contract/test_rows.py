"""Contract of `Rows`: any one table."""

import asyncio
import logging

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.demos.kudos import KudosRow
from portfolio_app.infra.db.database import Database
from tests.contract.conftest import Storage


class Unmigrated(SQLModel, registry=registry()):
    """Tables that no migration has made, and no other test hears of."""


class Forgotten(Unmigrated, table=True):
    id: int = Field(primary_key=True)
    given: int = 0


class Widened(Unmigrated, table=True):
    __tablename__ = "kudos"

    id: int = Field(primary_key=True)
    wind: int = 0


@pytest.mark.parametrize(("kind", "lacking"), [(Forgotten, "forgotten"), (Widened, "wind")])
async def test_a_table_without_its_migration_is_named_and_no_database_that_is_away(
    database: Database, caplog: pytest.LogCaptureFixture, kind: type[Unmigrated], lacking: str
) -> None:
    caplog.set_level(logging.WARNING)
    for work in (
        lambda r: r.rows(kind).get(1),
        lambda r: r.rows(kind).add(kind(id=1)),
    ):
        caplog.clear()
        with pytest.raises(DBAPIError) as raised:
            await database.unit_of_work.run(work)
        assert not isinstance(raised.value, Unavailable)
        (said,) = (record.getMessage() for record in caplog.records)
        assert said.startswith("the database is not as the code has it, is a migration missing? ")
        assert lacking in said


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
