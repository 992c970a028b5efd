"""A record of the gate, held in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portfolio_app.app.ports.proof import Outcome


@dataclass
class FakeProof:
    """Implements `Proof`."""

    found: dict[str, Outcome] = field(default_factory=dict)

    async def outcomes(self) -> Mapping[str, Outcome]:
        """Whatever the test put there."""
        return self.found
