"""Counts of page views in memory."""

from collections.abc import Sequence
from datetime import date

from portfolio_app.app.ports.page_views import ViewsOfDay
from tests.fakes.store import Store


class FakePageViews:
    """Implements `PageViewRepository`."""

    def __init__(self, store: Store) -> None:
        self._views = store.page_views

    def add(self, counts: Sequence[ViewsOfDay]) -> None:
        for each in counts:
            key = each.day, each.page
            self._views[key] = self._views.get(key, 0) + each.views

    def since(self, day: date) -> list[ViewsOfDay]:
        return [ViewsOfDay(*key, views) for key, views in self._views.items() if key[0] >= day]

    def purge(self, before: date) -> int:
        old = [key for key in self._views if key[0] < before]
        for key in old:
            del self._views[key]
        return len(old)
