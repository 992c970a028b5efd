"""The rows of any one table."""

from typing import Any, Generic, TypeVar

from sqlalchemy import Column, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

R = TypeVar("R")
_UPSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class SqlRows(Generic[R]):
    """Implements `Rows` for a SQLModel table with a primary key of one column."""

    def __init__(self, session: Session, kind: type[R]) -> None:
        self._session = session
        self._kind = kind

    def get(self, key: object) -> R | None:
        """See the port."""
        return self._session.get(self._kind, key)

    def newest(self, count: int) -> list[R]:
        """See the port."""
        return list(self._session.scalars(select(self._kind).order_by(self._key.desc()).limit(count)))

    def add(self, row: R) -> R:
        """See the port."""
        self._session.add(row)
        self._session.flush()
        return row

    def increase(self, key: object, **by: int) -> R:
        """See the port; one statement, so that no increase is lost between reading and writing."""
        table = inspect(self._kind, raiseerr=True).local_table
        kind: Any = self._kind
        insert: Any = _UPSERTS[self._session.get_bind().dialect.name]
        first = insert(kind).values(kind(**{self._key.name: key, **by}).model_dump())
        added = {name: table.c[name] + amount for name, amount in by.items()}
        upsert = first.on_conflict_do_update(index_elements=[self._key], set_=added).returning(self._kind)
        row: R = self._session.scalars(upsert).one()
        return row

    @property
    def _key(self) -> Column[Any]:
        (key,) = inspect(self._kind, raiseerr=True).primary_key
        found: Column[Any] = key
        return found
