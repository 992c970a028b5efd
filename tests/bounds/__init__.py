"""Every bound and every defence that `make bounds` switches off, by area."""

from tests.bounds import accounts, connections, edge, letters, records
from tests.bounds.bound import Bound


def bounds() -> list[Bound]:
    """All of them."""
    return [*connections.BOUNDS, *edge.BOUNDS, *accounts.BOUNDS, *letters.BOUNDS, *records.BOUNDS]
