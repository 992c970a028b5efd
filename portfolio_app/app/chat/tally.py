"""Counts of the posts that this process has seen since it started."""

from dataclasses import dataclass


@dataclass(slots=True)
class PostTally:
    """Counters that only grow: stored for the first time, recognised as sent before, refused as too fast.

    `last_seconds` is how long the last post took that was not refused, None before the first.
    """

    stored: int = 0
    repeated: int = 0
    limited: int = 0
    last_seconds: float | None = None

    def took(self, seconds: float) -> None:
        """Record how long a post took."""
        self.last_seconds = seconds
