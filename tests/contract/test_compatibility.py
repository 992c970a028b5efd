"""Which versions may run on a schema, older and newer ones."""

from pathlib import Path

import pytest

from portfolio_app.infra.db import compatibility
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.migrate import NewerSchema, downgrade, upgrade
from tests.contract.schemas import REVISIONS, SCRIPT, execute, rooms, schema

FIRST_TO_SAY = "0015"
"""The first version that looks for what a newer schema needs."""


def contractions(before: dict[str, dict[str, bool]], after: dict[str, dict[str, bool]]) -> list[str]:
    """What code that was written for the schema `before` would miss in `after`, or fail to fill in."""
    gone = [table for table in before if table not in after]
    kept = [table for table in before if table in after]
    lost = [f"{table}.{name}" for table in kept for name in before[table] if name not in after[table]]
    wanted = [
        f"{table}.{name}"
        for table in kept
        for name, may_be_left_out in after[table].items()
        if not may_be_left_out and before[table].get(name, True)
    ]
    return [*gone, *lost, *wanted]


def test_a_migration_that_earlier_code_may_run_on_takes_nothing_from_it(tmp_path: Path) -> None:
    for revision in REVISIONS[REVISIONS.index(FIRST_TO_SAY) :]:
        oldest = compatibility.needs(SCRIPT, revision)
        assert FIRST_TO_SAY in REVISIONS[: REVISIONS.index(oldest) + 1]
        before, after = f"sqlite:///{tmp_path}/{oldest}.db", f"sqlite:///{tmp_path}/{revision}.db"
        upgrade(before, oldest)
        upgrade(after, revision)
        assert contractions(schema(before), schema(after)) == []


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ("CREATE TABLE other (a INTEGER NOT NULL)", []),
        ("ALTER TABLE rooms ADD COLUMN topic VARCHAR", []),
        ("ALTER TABLE rooms ADD COLUMN topic VARCHAR NOT NULL DEFAULT ''", []),
        ("DROP TABLE reactions", ["reactions"]),
        ("ALTER TABLE runs RENAME COLUMN size TO total", ["runs.size", "runs.total"]),
    ],
)
def test_what_is_taken_from_earlier_code_is_found(tmp_path: Path, change: str, missed: list[str]) -> None:
    url = f"sqlite:///{tmp_path}/portfolio.db"
    upgrade(url)
    before = schema(url)
    execute(url, change)
    assert contractions(before, schema(url)) == missed


def test_a_database_says_which_version_may_still_run_on_it(empty: str) -> None:
    upgrade(empty)
    engine = open_engine(empty, connections=1)
    with engine.connect() as connection:
        assert compatibility.oldest(connection) == compatibility.needs(SCRIPT, REVISIONS[-1])
    engine.dispose()


def test_a_newer_schema_that_lets_this_version_run_is_left_as_it_is(empty: str) -> None:
    upgrade(empty)
    execute(
        empty,
        "UPDATE alembic_version SET version_num = '9001'",
        f"UPDATE schema_compatibility SET oldest = '{REVISIONS[-1]}'",
        "ALTER TABLE rooms ADD COLUMN topic VARCHAR NOT NULL DEFAULT ''",
    )

    found = upgrade(empty)

    assert (found.applied, found.is_known, found.runs) == ("9001", False, True)
    assert rooms(empty) == [("lobby", 0)]
    with pytest.raises(NewerSchema):
        downgrade(empty, "0012")


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("UPDATE schema_compatibility SET oldest = '9000'", "which needs at least 9000"),
        ("DELETE FROM schema_compatibility", "which does not say what it needs"),
        ("DROP TABLE schema_compatibility", "which does not say what it needs"),
    ],
)
def test_a_newer_schema_that_this_version_can_not_run_on_stops_the_start(
    empty: str, says: str, reason: str
) -> None:
    upgrade(empty)
    execute(empty, "UPDATE alembic_version SET version_num = '9001'", says)

    with pytest.raises(NewerSchema, match=f"its schema is 9001 of a newer version of the site, {reason}"):
        upgrade(empty)
