"""The schema that all tables belong to: how constraints are named, and the types of keys and revisions."""

from typing import Final

from sqlalchemy import BigInteger, Integer, MetaData, Table
from sqlmodel import SQLModel

# SQLite numbers rows by itself only where the key is a plain INTEGER.
SERIAL: Final = BigInteger().with_variant(Integer(), "sqlite")
REVISION: Final = BigInteger().with_variant(Integer(), "sqlite")

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def table_of(row: type[SQLModel]) -> Table:
    """The table of a row class, for statements that go past the session."""
    return metadata.tables[str(row.__tablename__)]
