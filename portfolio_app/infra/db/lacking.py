"""Tables and columns of the site that a database lacks, as after a script that dropped or renamed something."""

from functools import cache
from typing import Final

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from portfolio_app.infra.db import tables

# Of the catalogue, which waits for nobody's lock on a table.
_COLUMNS: Final = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = ANY(current_schemas(false))",
}


def lacking(connection: Connection) -> list[str]:
    """Names of the tables, and as `table.column` those of the columns, that the database lacks."""
    found = {(table, column) for table, column in connection.execute(text(_COLUMNS[connection.dialect.name]))}
    there = {table for table, _ in found}
    return sorted(
        {
            f"{table}.{column}" if table in there else table
            for table, column in _own()
            if (table, column) not in found
        }
    )


def holds_some(connection: Connection) -> bool:
    """Whether any table of the site is there."""
    return not {table for table, _ in _own()} <= set(lacking(connection))


@cache
def _own() -> frozenset[tuple[str, str]]:
    """Table and column of all that the site itself keeps; what a demo does is its own affair."""
    rows = (row for row in vars(tables).values() if isinstance(row, type) and issubclass(row, SQLModel))
    return frozenset(
        (str(row.__tablename__), column.name) for row in rows for column in tables.table_of(row).columns
    )
