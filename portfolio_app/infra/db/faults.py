"""Which database errors are worth a second try, and which mean that nobody is there."""

from typing import Final

from sqlalchemy import exc

# serialization_failure, deadlock_detected, lock_not_available
_RETRIED_STATES: Final = frozenset({"40001", "40P01", "55P03"})
_BUSY: Final = ("database is locked", "database table is locked")

UNREACHABLE: Final = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""What the driver or the pool raises when the database does not answer, or not in time."""


def is_transient(error: Exception) -> bool:
    """Whether the same transaction can succeed when run again at once."""
    if not isinstance(error, exc.DBAPIError):
        return False
    state = getattr(error.orig, "pgcode", None)
    return error.connection_invalidated or state in _RETRIED_STATES or is_busy(error)


def is_busy(error: exc.DBAPIError) -> bool:
    """Whether SQLite refused because another writer came first."""
    return str(error.orig).startswith(_BUSY)
