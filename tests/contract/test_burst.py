"""A burst on real databases: what they lose is named."""

import pytest
from sqlalchemy import text

from portfolio_app.infra.db.database import Database
from tests.fakes.clock import FakeClock
from tests.unit.app.burst.conftest import SIZE, Workers, answers, finish, send, start


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DELETE FROM burst_rows WHERE n = 13", [(f"{13:032x}", "stored")]),
        (
            "UPDATE burst_rows SET request_id = 'x' WHERE n = 13",
            [(f"{13:032x}", "stored"), ("x", "received")],
        ),
    ],
    ids=["dropped", "changed"],
)
async def test_a_row_that_is_not_as_it_was_written_is_named_by_its_id(
    database: Database, clock: FakeClock, change: str, named: list[tuple[str, str]]
) -> None:
    burst = Workers(clock).worker(database.unit_of_work)
    started = await start(burst, "write")
    await send(burst, started, range(SIZE))
    with database.engine.begin() as connection:
        assert connection.execute(text(change)).rowcount == 1

    record = await finish(burst, started, answers(range(SIZE)))

    found = [(mismatch["request_id"], mismatch["missing"]) for mismatch in record["mismatches"]]
    assert sorted(found) == sorted(named)
    assert (record["balanced"], record["ledgers"]["received"]) == (False, SIZE)
