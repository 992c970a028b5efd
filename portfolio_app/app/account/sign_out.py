"""A user leaves: the session ends on the server, and the browser gets a guest's."""

from dataclasses import dataclass

from portfolio_app.app.account import tickets
from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.sealer import Sealer


@dataclass(frozen=True, slots=True)
class SignOut:
    """Hand out a ticket to a guest session; redeeming it revokes the current one."""

    sealer: Sealer

    async def __call__(self, caller: Caller) -> str:
        """Return the ticket."""
        return tickets.issue(self.sealer, caller.session_id, None)
