"""How often each page was opened on each day. Nothing of a visitor is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ViewsOfDay:
    """The views of one page on one day of UTC. A page whose address has a parameter is one page."""

    day: date
    page: str
    views: int


class PageViewRepository(Protocol):
    """Adds counts up, and reads them."""

    def add(self, counts: Sequence[ViewsOfDay]) -> None:
        """Add to what is stored; several workers may at the same time, and nothing is lost."""
        ...

    def since(self, day: date) -> list[ViewsOfDay]:
        """The counts of `day` and later ones."""
        ...

    def purge(self, before: date) -> int:
        """Delete the days before `before`; returns how many rows."""
        ...
