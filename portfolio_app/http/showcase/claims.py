"""Claims: sentences that a page says as facts, and the tests that show they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portfolio_app.app.ports.proof import GateOutcome


class Verdict(StrEnum):
    """What a claim may be called. `NOT_RUN` also when only some of its tests ran."""

    VERIFIED = "verified"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the showcase; `tests` are pytest's ids of functions, and all have to pass.

    `id` is the claim's place on the page /proof.
    """

    id: str
    sentence: str
    tests: tuple[str, ...]

    def verdict(self, outcomes: Mapping[str, GateOutcome]) -> Verdict:
        """Judged by what the gate found, test by test; a claim without a test is never verified."""
        found = {outcomes.get(test) for test in self.tests}
        if GateOutcome.FAILED in found:
            return Verdict.FAILED
        return Verdict.VERIFIED if found == {GateOutcome.PASSED} else Verdict.NOT_RUN


def found_in(file: str, *functions: str) -> tuple[str, ...]:
    """Test functions of one file, by the ids pytest gives them."""
    return tuple(f"{file}::{function}" for function in functions)
