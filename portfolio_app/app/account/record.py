"""Lines of the log of account safety, as each use case writes them."""

from datetime import datetime
from typing import Final

from portfolio_app.app.caller import Caller, shortened
from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from portfolio_app.app.ports.unit_of_work import Repositories

OPERATOR: Final = "operator"


def record(
    repositories: Repositories,
    now: datetime,
    event: SecurityEvent,
    user_id: int | None,
    caller: Caller,
    *,
    detail: str = "",
) -> None:
    """What a visitor did, or tried, with an account."""
    line = SecurityLine(now, user_id, event, shortened(caller.network), caller.request_id, detail)
    repositories.security.add(line)


def record_operator(repositories: Repositories, now: datetime, event: SecurityEvent, user_id: int) -> None:
    """What the operator did with it; the audit trail has that as well."""
    repositories.security.add(SecurityLine(now, user_id, event, OPERATOR, ""))
