"""Counts of page views in SQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sqlalchemy import CursorResult, delete
from sqlmodel import Session, col, select

from portfolio_app.app.ports.page_views import PageViewRepository, ViewsOfDay
from portfolio_app.infra.db.sessions import upsert_for
from portfolio_app.infra.db.tables import PageViewRow, table_of

_views: Final = table_of(PageViewRow)


class SqlPageViews(PageViewRepository):
    """Implements `PageViewRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, counts: Sequence[ViewsOfDay]) -> None:
        """One statement that adds up in the database, so that no worker overwrites another's."""
        if not counts:
            return
        insert = upsert_for(self._session.get_bind().dialect.name)(_views)
        insert = insert.values([asdict(each) for each in counts])
        added = {"views": _views.c.views + insert.excluded.views}
        self._session.execute(insert.on_conflict_do_update(index_elements=["day", "page"], set_=added))

    def since(self, day: date) -> list[ViewsOfDay]:
        """Along the primary key."""
        found = self._session.exec(select(PageViewRow).where(col(PageViewRow.day) >= day))
        return [ViewsOfDay(row.day, row.page, row.views) for row in found]

    def purge(self, before: date) -> int:
        """Along the primary key; a day has as many rows as the site has pages."""
        statement = delete(PageViewRow).where(col(PageViewRow.day) < before)
        result: CursorResult[Any] = self._session.execute(  # type: ignore[assignment]  # `execute` is typed as any result
            statement.execution_options(synchronize_session=False)
        )
        return result.rowcount
