"""The versions of the site that run on the schema of the database: the newer one says so in the database itself.

A migration that only adds says in `needs` which is the oldest migration whose code may go on beside it. One that takes
something away says nothing, which means its own.
"""

from typing import Final

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, String, Table, inspect

from portfolio_app.infra.db.tables import metadata

TABLE: Final = Table("schema_compatibility", metadata, Column("oldest", String(), primary_key=True))


def record(connection: Connection, script: ScriptDirectory) -> None:
    """Write down what the schema that was just reached needs."""
    reached = MigrationContext.configure(connection).get_current_revision()
    if reached is None or not inspect(connection).has_table(TABLE.name):
        return
    connection.execute(TABLE.delete())
    connection.execute(TABLE.insert().values(oldest=needs(script, reached)))


def needs(script: ScriptDirectory, revision: str) -> str:
    """The oldest migration whose code runs on the schema of `revision`."""
    return str(getattr(script.get_revision(revision).module, "needs", revision))


def oldest(connection: Connection) -> str | None:
    """The revision that the database names, None for one from before it named any."""
    if not inspect(connection).has_table(TABLE.name):
        return None
    found: str | None = connection.execute(TABLE.select()).scalar()
    return found
