"""Schemas of databases: which revisions there are, and what stands in one."""

from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from portfolio_app.infra.db.engine import open_engine

SCRIPT = ScriptDirectory(str(Path(__file__).parents[2] / "alembic"))
REVISIONS = [each.revision for each in SCRIPT.walk_revisions()][::-1]


def rooms(url: str) -> list[tuple[str, int]]:
    engine = open_engine(url, connections=1)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT slug, revision FROM rooms ORDER BY slug"))
        result = [(row.slug, row.revision) for row in found]
    engine.dispose()
    return result


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


def execute(url: str, *statements: str) -> None:
    engine = open_engine(url, connections=1)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
