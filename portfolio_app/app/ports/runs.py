"""Recorded runs, and the rows that a run's writes leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from portfolio_app.domain.burst.plan import Plan

Record = Mapping[str, Any]
"""The public record of a finished run: JSON values only, nothing personal."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way until it ends or `expires_at`. `ticket_hash` is one way from the secret that its sender holds."""

    id: str
    session_id: str
    ticket_hash: str
    plan: Plan
    started_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RunLimits:
    """The limits beyond which runs are deleted.

    Deleted are those under way that expired by `now`, those that finished before `finished_before` or are not among the
    newest `keep` of the list, and those in no list that finished before `unlisted_before`.
    """

    now: datetime
    finished_before: datetime
    unlisted_before: datetime
    keep: int


class RunRepository(Protocol):
    """Runs under way and finished ones. A session is named only while its run is under way."""

    def start(self, run: Run) -> None:
        """Store a new run, giving up those of its session that have expired by its start.

        `RunUnderWay` if the session has another one.
        """
        ...

    def under_way(self, run_id: str) -> Run | None:
        """The run, unless it was never started or is not under way any more."""
        ...

    def finish(self, run_id: str, at: datetime, summary: Record | None, record: Record) -> None:
        """Keep the record, and free the session; `BurstTicketRefused` for a run that is not under way.

        Without a summary it is in no list.
        """
        ...

    def give_up(self, run_id: str) -> None:
        """Delete a run under way."""
        ...

    def record(self, run_id: str) -> Record | None:
        """A finished run's record."""
        ...

    def recent(self, limit: int) -> list[Record]:
        """The newest summaries, newest first."""
        ...

    def purge(self, limits: RunLimits, at_most: int) -> int:
        """Delete up to `at_most` runs beyond the limits; returns how many."""
        ...


class BurstRowRepository(Protocol):
    """Rows that writes of a burst leave, apart from everything else in the database."""

    def add(self, run_id: str, n: int, request_id: str, at: datetime) -> None:
        """Store one row; `BurstRefused` for a number that has one."""
        ...

    def of(self, run_id: str) -> dict[str, int]:
        """The numbers of a run's rows, by request id."""
        ...

    def purge(self, at_most: int) -> int:
        """Delete up to `at_most` rows of runs that are not under way; returns how many."""
        ...
