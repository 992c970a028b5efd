"""The ticket of a run: it is for the session that started it, with the secret it was given."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

from portfolio_app.app.burst.active import ActiveRuns
from portfolio_app.app.burst.look_up import LookUp
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BurstTicketRefused
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.runs import Run

_TICKET: Final = re.compile(r"([0-9a-f]{16})\.([A-Za-z0-9_-]{43})")


def hash_of(secret: str) -> str:
    """The hash that is stored of a secret: of its 256 random bits a plain hash can't be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Tickets:
    """Finds the run behind a ticket, in memory but for the first time."""

    active: ActiveRuns
    look_up: LookUp
    clock: Clock

    async def run_of(self, caller: Caller, ticket: str | None) -> Run:
        """The caller's run under way; `BurstTicketRefused` for every other ticket, in the same words."""
        given = _TICKET.fullmatch(ticket or "")
        if given is None:
            raise BurstTicketRefused
        run_id, secret = given.groups()
        run = self.active.runs.get(run_id) or await self._asked(run_id)
        if run is None or not _may_use(run, caller, secret):
            raise BurstTicketRefused
        if run_id in self.active.finishing or run.expires_at <= self.clock():
            raise BurstTicketRefused
        return run

    async def _asked(self, run_id: str) -> Run | None:
        if self.active.is_disowned(run_id) or not self.look_up.may_ask(run_id):
            return None
        run = await self.look_up(run_id)
        if run is None:
            self.active.disown(run_id)
        elif not self.active.is_disowned(run_id):  # it may have ended meanwhile
            self.active.open(run, self.clock())
        return self.active.runs.get(run_id)


def _may_use(run: Run, caller: Caller, secret: str) -> bool:
    owns = hmac.compare_digest(run.session_id, caller.session_id)
    return hmac.compare_digest(run.ticket_hash, hash_of(secret)) and owns
