"""The findings of the gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class GateOutcome(StrEnum):
    """How a test ended; of a test with parameters: whether all of them passed."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Gate:
    """How tests ended, when the last of them did, and which commit was checked out.

    `commit` is empty outside a repository, and ends in `-dirty` when files differed from it.
    """

    outcomes: Mapping[str, GateOutcome]
    ended_at: datetime
    commit: str


class Proof(Protocol):
    """The record of the last gate."""

    async def last_gate(self) -> Gate | None:
        """None when the last gate ran on other code than this process runs. Never raises."""
        ...
