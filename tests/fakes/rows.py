"""Any table in memory."""

from typing import Any, Generic, TypeVar

from tests.fakes.store import Store

R = TypeVar("R")


class FakeRows(Generic[R]):
    """Implements `Rows` for rows whose primary key is `id`."""

    def __init__(self, store: Store, kind: type[R]) -> None:
        self._store = store
        self._kind = kind

    def get(self, key: object) -> R | None:
        return self._store.rows.get((self._kind, key))

    def newest(self, count: int) -> list[R]:
        keys: list[Any] = [key for kind, key in self._store.rows if kind is self._kind]
        return [self._store.rows[self._kind, key] for key in sorted(keys, reverse=True)[:count]]

    def add(self, row: R) -> R:
        given: Any = row
        if given.id is None:
            given.id = 1 + max((one.id for one in self.newest(1)), default=0)  # type: ignore[attr-defined]
        self._store.rows[self._kind, given.id] = row
        return row

    def increase(self, key: object, **by: int) -> R:
        known: Any = self.get(key) or self._kind(id=key)
        values = known.model_dump()
        row = self._kind(**values | {name: values[name] + amount for name, amount in by.items()})
        self._store.rows[self._kind, key] = row
        return row
