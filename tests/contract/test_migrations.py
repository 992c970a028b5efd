"""Migrations on both databases."""

import logging
import multiprocessing
import sqlite3
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from portfolio_app.app.errors import Unavailable
from portfolio_app.http import demos
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.migrate import downgrade, upgrade
from portfolio_app.infra.db.search import is_mapped
from portfolio_app.infra.db.tables import metadata
from tests.contract.schemas import REVISIONS, rooms, schema
from tests.waiting import PATIENCE_S


def test_the_migrated_schema_is_that_of_the_tables(empty: str) -> None:
    demos.found()  # theirs are among them
    upgrade(empty)

    engine = open_engine(empty, connections=1)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "include_object": is_mapped},
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_schema_that_is_current_is_left_alone_with_its_rows(empty: str) -> None:
    upgrade(empty)
    engine = open_engine(empty, connections=1)
    with engine.begin() as connection:
        connection.execute(text("UPDATE rooms SET revision = 7"))
    engine.dispose()

    upgrade(empty)

    assert rooms(empty) == [("lobby", 7)]


def upgrade_when_all_are_ready(url: str, ready: Barrier) -> None:
    """Runs in a process of its own, since Alembic's context is one per process."""
    ready.wait(PATIENCE_S)
    upgrade(url)


def test_many_starters_at_once_migrate_once(empty: str) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # imported once for all of them
    ready = context.Barrier(4)
    starters = [context.Process(target=upgrade_when_all_are_ready, args=(empty, ready)) for _ in range(4)]

    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(2 * PATIENCE_S)

    assert [starter.exitcode for starter in starters] == [0, 0, 0, 0]
    assert rooms(empty) == [("lobby", 0)]


def test_migrating_is_silent(empty: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        upgrade(empty)

    assert [record for record in caplog.records if record.name.startswith("alembic")] == []


def test_a_sqlite_file_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "portfolio.db"

    upgrade(f"sqlite:///{path}")

    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        upgrade("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")


def test_every_migration_can_be_taken_back_and_applied_again(empty: str) -> None:
    upgrade(empty)
    before = schema(empty)

    for revision in REVISIONS[-2::-1]:
        downgrade(empty, revision)
    assert rooms(empty) == [("lobby", 0)]
    downgrade(empty, "base")
    assert {name for name in schema(empty) if not name.startswith("alembic")} == set()
    upgrade(empty)

    assert schema(empty) == before
