"""Points in time as a page shows them."""

from datetime import datetime


def moment(at: datetime) -> str:
    """Date and time of day in UTC, to the second."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")
