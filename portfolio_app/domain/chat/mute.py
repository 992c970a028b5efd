"""Authors who may not write for a time, or for good."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portfolio_app.domain.text import full_minute

_HANDLE_LENGTH = 16


class MuteLength(StrEnum):
    """The length of a mute; one for good is a ban."""

    TEN_MINUTES = "10 minutes"
    HOUR = "1 hour"
    DAY = "1 day"

    @property
    def duration(self) -> timedelta:
        """The length as a duration."""
        return _DURATIONS[self]


_DURATIONS = {
    MuteLength.TEN_MINUTES: timedelta(minutes=10),
    MuteLength.HOUR: timedelta(hours=1),
    MuteLength.DAY: timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Mute:
    """An author who may not write: `author` is `Author.key`, `label` the name that rooms show.

    Without `until` it is a ban. `moderator` is who muted them.
    """

    author: str
    label: str
    moderator: str
    since: datetime
    until: datetime | None

    @property
    def handle(self) -> str:
        """The mute's handle on a page: 16 hex digits, one way from the author."""
        return hashlib.sha256(b"mute:" + self.author.encode()).hexdigest()[:_HANDLE_LENGTH]

    @property
    def is_ban(self) -> bool:
        """Whether it has no end."""
        return self.until is None

    def holds(self, now: datetime) -> bool:
        """Whether it still counts at `now`."""
        return self.until is None or now < self.until

    def sentence(self) -> str:
        """The sentence that the muted author reads."""
        if self.until is None:
            return "A moderator has banned you from writing here."
        return f"A moderator has muted you until {full_minute(self.until)}."
