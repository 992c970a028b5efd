"""A record of the gate, held in memory."""

from dataclasses import dataclass

from portfolio_app.app.ports.proof import Gate


@dataclass
class FakeProof:
    """Implements `Proof`."""

    found: Gate | None = None

    async def last_gate(self) -> Gate | None:
        """Whatever the test put there."""
        return self.found
