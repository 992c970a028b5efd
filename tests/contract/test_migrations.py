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
from sqlmodel import Session, select

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.ports.audit import Action
from portfolio_app.infra.db.audit import SqlAuditTrail
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.messages import message_of
from portfolio_app.infra.db.migrate import upgrade
from portfolio_app.infra.db.search import is_mapped
from portfolio_app.infra.db.security import SqlSecurityLog
from portfolio_app.infra.db.tables import MessageRow, metadata
from tests.contract.conftest import DATABASES, sqlalchemy_url


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest) -> str:
    """A database without a table."""
    return sqlalchemy_url(request.getfixturevalue(f"{request.param}_url"))


def rooms(url: str) -> list[tuple[str, int]]:
    engine = open_engine(url, connections=1)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT slug, revision FROM rooms ORDER BY slug"))
        result = [(row.slug, row.revision) for row in found]
    engine.dispose()
    return result


def test_the_migrated_schema_is_that_of_the_tables(empty: str) -> None:
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
    ready.wait(30)
    upgrade(url)


def test_many_starters_at_once_migrate_once(empty: str) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(4)
    starters = [context.Process(target=upgrade_when_all_are_ready, args=(empty, ready)) for _ in range(4)]

    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(60)

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


def test_messages_of_an_earlier_schema_keep_their_place(empty: str) -> None:
    upgrade(empty, "0003")
    engine = open_engine(empty, connections=1)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO messages (id, room, client_id, session_id, author_name, author_tag, body, status,"
                " posted_at, revision) VALUES"
                " ('a', 'lobby', 'client-a', 's', 'demo', 'ab12', 'first', 'visible', '2026-01-01 00:00:00', 1),"
                " ('b', 'lobby', 'client-b', 's', 'demo', 'ab12', 'held', 'pending', '2026-01-01 00:00:00', 0)"
            )
        )

    upgrade(empty)

    with engine.connect() as connection:
        stored = connection.execute(text("SELECT id, position FROM messages ORDER BY id")).all()
        found = Session(connection).exec(select(MessageRow).where(MessageRow.room == "lobby")).all()
    engine.dispose()
    assert [tuple(row) for row in stored] == [("a", 1), ("b", 0)]
    assert {message_of(row).position for row in found} == {0, 1}


def test_what_members_did_with_their_accounts_moves_out_of_the_moderators_trail(empty: str) -> None:
    upgrade(empty, "0012")
    engine = open_engine(empty, connections=1)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO users (username, email, role, created_at) VALUES"
                " ('ann-1', 'ann@example.org', 'member', '2026-01-01 00:00:00')"
            )
        )
        for action, actor in (
            ("account.registered", "ann-1"),
            ("account.signed_in", "ann-1"),
            ("session.revoked", "ann-1"),
            ("account.signed_out", "demo#ab12"),
            ("account.promoted", "operator"),
        ):
            line = {"action": action, "actor": actor}
            connection.execute(
                text(
                    "INSERT INTO audit (at, actor, action, subject, request_id)"
                    " VALUES ('2026-01-01 00:00:00', :actor, :action, 'ann-1', 'r')"
                ),
                line,
            )

    upgrade(empty)

    with Session(engine) as session:
        trail = SqlAuditTrail(session).recent(9)
        lines = SqlSecurityLog(session).of_user(1, 9)
    engine.dispose()
    assert [entry.action for entry in trail] == [Action.PROMOTED, Action.REGISTERED]
    assert sorted(line.event for line in lines) == ["registered", "session ended", "signed in"]
