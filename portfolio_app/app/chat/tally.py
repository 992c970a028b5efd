"""What this process has seen of posts since it started."""

from dataclasses import dataclass


@dataclass(slots=True)
class PostTally:
    """Counters that only grow: stored for the first time, recognised as sent before, refused as too fast."""

    stored: int = 0
    repeated: int = 0
    limited: int = 0
