"""Who am I?"""

from dataclasses import dataclass

from portfolio_app.app.caller import Caller
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.domain.account.session import visitor_tag
from portfolio_app.domain.account.user import User


@dataclass(frozen=True, slots=True)
class Identity:
    """The visitor as the pages show them; `user` is None for a guest."""

    user: User | None
    tag: str


@dataclass(frozen=True, slots=True)
class Identify:
    """Look the session up."""

    unit_of_work: UnitOfWork

    async def __call__(self, caller: Caller) -> Identity:
        """The visitor's identity now; `SessionEnded` for a revoked session."""
        user = await self.unit_of_work.run(lambda repositories: current_user(repositories, caller))
        return Identity(user, visitor_tag(caller.session_id))
