"""The visitor behind one HTTP request or websocket, as the middleware resolved it."""

from dataclasses import dataclass, field
from typing import Final

from starlette.types import Scope

from portfolio_app.domain.account.session import SessionSecret

SCOPE_KEY: Final = "portfolio.visitor"
SESSION_HEADER: Final = "x-portfolio-session"
TRUSTED_HEADER: Final = "x-portfolio-trusted"
IP_HEADER: Final = "x-portfolio-ip"
ENDED_HEADER: Final = "x-portfolio-ended"
OWN_PREFIX: Final = "x-portfolio-"
"""Headers that only the middleware may set; a client's own are dropped."""


@dataclass(slots=True)
class Visitor:
    """`is_new` says that the browser does not hold `secret` yet, `ended` that it came with an ended session's."""

    ip: str
    request_id: str
    secret: SessionSecret
    is_new: bool = False
    trusted: bool = True
    ended: bool = False
    session_id: str = field(init=False)
    """The public id of the session."""

    def __post_init__(self) -> None:
        self.session_id = self.secret.session_id


def visitor_of(scope: Scope) -> Visitor:
    """The visitor that the middleware left in `scope`."""
    visitor = scope[SCOPE_KEY]
    assert isinstance(visitor, Visitor)  # noqa: S101 (narrows a dict that is untyped by its standard)
    return visitor
