"""What the last gate says of the showcase's claims."""

from collections.abc import Mapping

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.proof import Outcome
from portfolio_app.http.errors import ErrorView
from portfolio_app.http.handling import attempt
from portfolio_app.http.runtime import options, services
from portfolio_app.http.showcase.claims import Verdict
from portfolio_app.http.showcase.register import CLAIMS


class ProofState(rx.State):
    """Read at run time: pages are built without knowing any outcome."""

    verdicts: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    verified: rx.Field[int | None] = rx.field(None)
    repository: rx.Field[str] = rx.field("")

    @rx.event
    async def load(self) -> None:
        """Judge every claim; before this, none has a verdict."""
        outcomes = await attempt(self, "proof.read", _outcomes, live=False)
        if isinstance(outcomes, ErrorView):
            return
        site = options()
        self.repository = site.repository_url and f"{site.repository_url}/blob/{site.commit}"
        self.verdicts = {claim.id: str(claim.verdict(outcomes)) for claim in CLAIMS}
        self.verified = sum(verdict == Verdict.VERIFIED for verdict in self.verdicts.values())


async def _outcomes(_: Caller) -> Mapping[str, Outcome]:
    return await services().proof.outcomes()
