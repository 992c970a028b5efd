"""Every bound and every defence that `make bounds` switches off, by area."""

from tests.bounds import accounts, edge, letters, records
from tests.bounds.bound import Bound


def bounds() -> list[Bound]:
    """All of them."""
    return [*edge.BOUNDS, *accounts.BOUNDS, *letters.BOUNDS, *records.BOUNDS]
