"""What the gate found."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How a test ended; of a test with parameters: whether all of them passed."""

    PASSED = "passed"
    FAILED = "failed"


class Proof(Protocol):
    """The record of the last gate."""

    async def outcomes(self) -> Mapping[str, Outcome]:
        """By test; empty when the last gate ran on other code than this process runs. Never raises."""
        ...
