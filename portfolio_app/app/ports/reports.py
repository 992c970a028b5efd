"""Reports of messages, from visitors to moderators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from portfolio_app.domain.chat.message import Message

MOST_REASONS: Final = 5


@dataclass(frozen=True, slots=True)
class Report:
    """One visitor's report of a message; `reporter` is a session's id or names a member, `reason` may be empty."""

    message_id: str
    reporter: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """A visible message, how many visitors report it, since when, and the first few reasons they gave."""

    message: Message
    count: int
    since: datetime
    reasons: tuple[str, ...]


class ReportRepository(Protocol):
    """Reports, each open until a moderator has decided; one a reporter and message, for good."""

    def add(self, report: Report) -> bool:
        """Store it; False, and no effect, where the reporter has reported that message before."""
        ...

    def open(self, limit: int) -> list[Reported]:
        """The `limit` messages that have waited longest, without those that are visible no more."""
        ...

    def length(self) -> int:
        """How many messages `open` would return without a limit."""
        ...

    def forget(self, message_ids: Sequence[str], at: datetime) -> None:
        """Empty the reasons of all reports of these messages, which may quote them, and close those still open."""
        ...

    def rename(self, reporter: str, to: str) -> None:
        """Let the reports of somebody stand under another name, which no other report has."""
        ...

    def settle(self, message_id: str, at: datetime) -> bool:
        """Close the open reports of a message; False where there is none."""
        ...
