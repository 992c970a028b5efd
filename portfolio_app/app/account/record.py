"""Lines of the log of account safety, as each use case writes them."""

from datetime import datetime
from typing import Final

from portfolio_app.app.caller import Caller, shortened
from portfolio_app.app.events import AccountNews
from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from portfolio_app.app.ports.unit_of_work import Repositories

MOST_TOLD: Final = 50
"""Sessions of one account."""
OPERATOR: Final = "operator"
MODERATOR: Final = "moderator"
"""Words that stand in a line in the place of the network."""


def record(
    repositories: Repositories,
    now: datetime,
    event: SecurityEvent,
    user_id: int | None,
    caller: Caller,
    *,
    detail: str = "",
) -> None:
    """Add a line on what a visitor did, or tried, with an account."""
    line = SecurityLine(now, user_id, event, shortened(caller.network), caller.request_id, detail)
    repositories.security.add(line)


def news(
    repositories: Repositories, event: SecurityEvent, user_id: int | None, caller: Caller, device: str = ""
) -> AccountNews | None:
    """The event that tells the account's other sessions, if it has any."""
    if user_id is None:
        return None
    others = [each.id for each in repositories.sessions.of_user(user_id) if each.id != caller.session_id]
    about = ", ".join(filter(None, (device, shortened(caller.network))))
    return AccountNews(tuple(others[:MOST_TOLD]), event, about) if others else None


def record_operator(repositories: Repositories, now: datetime, event: SecurityEvent, user_id: int) -> None:
    """Add a line on what the operator did with an account; the audit trail has that as well."""
    repositories.security.add(SecurityLine(now, user_id, event, OPERATOR, ""))
