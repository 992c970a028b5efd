"""What the last gate says of the showcase's claims."""

import reflex as rx

from portfolio_app.http.showcase.proof_views import blobs, proof_view
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.runtime import options, services


class ProofState(rx.State):
    """Read at run time: pages are built without knowing any outcome."""

    verdicts: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    verified: rx.Field[int | None] = rx.field(None)
    gate: rx.Field[str] = rx.field("")
    repository: rx.Field[str] = rx.field("")

    @action("proof.read", live=False, refused=ignore)
    async def load(self) -> None:
        """Judge every claim; before this, none has a verdict."""
        found = proof_view(await services().proof.last_gate())
        self.repository = blobs(options())
        self.verdicts, self.verified, self.gate = found.verdicts, found.verified, found.gate
