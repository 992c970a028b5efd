"""Migrations on both databases."""

import logging
import multiprocessing
import sqlite3
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.ports.audit import Action
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.http import demos
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db import compatibility
from portfolio_app.infra.db.audit import SqlAuditTrail
from portfolio_app.infra.db.authored import message_of
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.migrate import NewerSchema, downgrade, upgrade
from portfolio_app.infra.db.search import is_mapped
from portfolio_app.infra.db.security import SqlSecurityLog
from portfolio_app.infra.db.tables import MessageRow, metadata
from portfolio_app.infra.db.users import SqlUsers
from tests.contract.conftest import DATABASES, sqlalchemy_url
from tests.waiting import PATIENCE_S


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


def test_every_account_of_an_earlier_version_holds_its_address_and_the_others_stay_out_of_its_way(
    empty: str,
) -> None:
    """The statements are those of the version before: it reads and writes `email` alone."""
    add = text(
        "INSERT INTO users (username, email, role, created_at)"
        " VALUES (:name, :email, 'member', '2026-01-01 00:00:00')"
    )
    by_email = text("SELECT username FROM users WHERE email = :email")
    upgrade(empty, "0019")
    engine = open_engine(empty, connections=1)
    with engine.begin() as connection:
        connection.execute(add, {"name": "ann-1", "email": "ann@example.org"})

    upgrade(empty)
    with Session(engine) as session, session.begin():
        users = SqlUsers(session, system_clock)
        for name, address in (
            ("eve-1", "ann@example.org"),
            ("bob-1", "bob@example.org"),
            ("bob-2", "bob@example.org"),
        ):
            users.add(User(0, Username(name), Email(address), Role.MEMBER, system_clock(), holds_email=False))
    with engine.begin() as connection:
        connection.execute(add, {"name": "zoe-1", "email": "zoe@example.org"})
        assert connection.execute(by_email, {"email": "ann@example.org"}).scalars().all() == ["ann-1"]
        assert connection.execute(by_email, {"email": "bob@example.org"}).scalars().all() == []
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(add, {"name": "zoe-2", "email": "ann@example.org"})
    with Session(engine) as session:
        users = SqlUsers(session, system_clock)
        for name in ("ann", "zoe"):
            holder = users.by_email(Email(f"{name}@example.org"))
            assert holder is not None
            assert (str(holder.username), holder.holds_email) == (f"{name}-1", True)

    downgrade(empty, "0019")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT username, email FROM users"))
        found = {row.username: row.email for row in rows}
    engine.dispose()
    assert [found[name] for name in ("ann-1", "bob-1")] == ["ann@example.org", "bob@example.org"]
    assert all(found[name].endswith("@unconfirmed.invalid") for name in ("eve-1", "bob-2"))


SCRIPT = ScriptDirectory(str(Path(__file__).parents[2] / "alembic"))
REVISIONS = [each.revision for each in SCRIPT.walk_revisions()][::-1]
FIRST_TO_SAY = "0015"
"""The first version that looks for what a newer schema needs."""


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


def schema(url: str) -> dict[str, dict[str, bool]]:
    """The columns of each table, and whether a row may be inserted without them."""
    engine = open_engine(url, connections=1)
    with engine.connect() as connection:
        found = columns(connection)
    engine.dispose()
    return found


def columns(connection: Connection) -> dict[str, dict[str, bool]]:
    inspector = inspect(connection)
    return {
        table: {
            column["name"]: bool(column["nullable"]) or column.get("default") is not None
            for column in inspector.get_columns(table)
        }
        for table in inspector.get_table_names()
    }


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


def execute(url: str, *statements: str) -> None:
    engine = open_engine(url, connections=1)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


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
