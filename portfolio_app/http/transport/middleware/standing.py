"""Whether a session that a browser presents still counts."""

from enum import Enum

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AppError, SessionEnded
from portfolio_app.http.transport import runtime


class Standing(Enum):
    """What the database says about a session id."""

    GOOD = "good"
    ENDED = "ended"
    BEING_REPLACED = "being replaced"
    """Ended so recently that another response may still be carrying the new cookie to this browser."""
    UNKNOWN = "unknown"
    """The database does not answer."""


async def standing_of(session_id: str, ip: str, request_id: str) -> Standing:
    """Ask the database, through the same use case that handlers ask."""
    try:
        await runtime.services().identify(Caller(session_id, ip, request_id))
    except SessionEnded:
        just_now = runtime.current().sockets.was_replaced_just_now(session_id)
        return Standing.BEING_REPLACED if just_now else Standing.ENDED
    except AppError:
        return Standing.UNKNOWN
    return Standing.GOOD
