"""Database errors: which are worth a second try, and what the others mean to an author."""

import logging
import re
from typing import Final

from sqlalchemy import exc

from portfolio_app.app.errors import Busy, Unavailable
from portfolio_app.app.events import EventsMissed

_log = logging.getLogger(__name__)

# serialization_failure, deadlock_detected
_RETRIED_STATES: Final = frozenset({"40001", "40P01"})
# Work that waited as long as it may is not tried again: its author has waited as well.
_TIMEOUTS: Final = {"55P03": "lock_timeout", "57014": "statement_timeout"}
_REFUSED: Final = {
    "25006": "takes no writes: is it a replica?",
    "53100": "has no room left on its disk",
    "53300": "takes no more connections",
}
_BUSY: Final = ("database is locked", "database table is locked")
# undefined_table, undefined_column; SQLite has one class of errors for these and for a file that it can't open.
_UNDEFINED_STATES: Final = frozenset({"42P01", "42703"})
_UNDEFINED: Final = re.compile(r"no such (table|column): |table \S+ has no column named ")
_STATEMENT_LENGTH: Final = 200

IN_DOUBT: Final = EventsMissed("commit in doubt")
"""The event to publish for a commit without an answer: if it happened, nobody else publishes it."""

UNREACHABLE: Final = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)
"""Errors of the driver or the pool when the database does not answer, or not in time.

Internal errors are among them because the driver counts a session that the server ended as one.
"""


def is_transient(error: Exception) -> bool:
    """Whether the same transaction can succeed when run again at once."""
    if not isinstance(error, exc.DBAPIError):
        return False
    return error.connection_invalidated or _state(error) in _RETRIED_STATES or is_busy(error)


def is_busy(error: Exception) -> bool:
    """Whether SQLite refused because another writer came first."""
    return isinstance(error, exc.DBAPIError) and str(error.orig).startswith(_BUSY)


def is_mistake(error: Exception) -> bool:
    """Whether the statement is wrong, or the schema: the database has answered, and will say so again."""
    return isinstance(error, exc.ProgrammingError) or _undefined(error) != ""


def _undefined(error: Exception) -> str:
    """The table or column that a statement names and the schema lacks, in the words of the database; empty for none."""
    if not isinstance(error, exc.DBAPIError):
        return ""
    said, _, _ = str(error.orig).partition("\n")
    return said if _state(error) in _UNDEFINED_STATES or _UNDEFINED.match(said) else ""


def timed_out(error: Exception) -> bool:
    """Whether the database says that it undid the transaction, as something took too long."""
    return _timeout(error) is not None


def unavailable(error: Exception, *, in_doubt: bool = False) -> Unavailable:
    """The words for an author whose work met one of `UNREACHABLE`; `Busy` is only what surely did not happen."""
    answer = Busy() if timed_out(error) and not in_doubt else Unavailable()
    answer.__cause__ = error
    return answer


def report(error: Exception) -> None:
    """Log an error of the database: what its schema lacks, which timeout ended what, what it refuses, or that it is
    gone."""
    if is_mistake(error):
        if lacking := _undefined(error):
            _log.error("the database is not as the code has it, is a migration missing? %s", lacking)
        return
    timeout = _timeout(error)
    if timeout is None:
        refused = _REFUSED.get(_state(error) or "") if isinstance(error, exc.DBAPIError) else None
        _log.warning("the database %s", refused or f"does not answer: {type(error).__name__}")
        return
    statement = error.statement if isinstance(error, exc.DBAPIError) else None
    # The text has placeholders for what visitors typed.
    text = " ".join((statement or "a connection").split())[:_STATEMENT_LENGTH]
    _log.warning("the database was busy for too long (%s): %s", timeout, text)


def _timeout(error: Exception) -> str | None:
    if isinstance(error, exc.TimeoutError):
        return "pool_timeout"
    if not isinstance(error, exc.DBAPIError):
        return None
    return "busy_timeout" if is_busy(error) else _TIMEOUTS.get(_state(error) or "")


def _state(error: exc.DBAPIError) -> str | None:
    return getattr(error.orig, "pgcode", None)
