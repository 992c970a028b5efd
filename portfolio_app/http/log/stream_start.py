"""Where a stream begins: at the window that a page shows, or after the last row that its reader got."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.ports.live_feed import LiveFeed, LogRow

_LONGEST_ID: Final = 15


@dataclass(frozen=True, slots=True)
class Gap:
    """Rows after number `after` are not there any more; the first that is has number `next` (None: none).

    `next` up to `after` means that rows are counted anew: the server was started again meanwhile.
    """

    after: int
    next: int | None


@dataclass(frozen=True, slots=True)
class Start:
    """The rows to begin with; `resumed` is the number of the last one that the reader says it has."""

    rows: tuple[LogRow, ...]
    resumed: int | None = None
    gap: Gap | None = None


def last_event_id(header: str | None) -> int | None:
    """The row number in a `Last-Event-ID`, None for anything that is no number."""
    if header is None or len(header) > _LONGEST_ID or not (header.isascii() and header.isdecimal()):
        return None
    return int(header)


def start_of(feed: LiveFeed, session_id: str, last: int | None) -> Start:
    """What to send first to a reader whose last row was `last`."""
    if last is None:
        return Start(feed.recent(session_id).rows)
    missed = feed.after(session_id, last)
    if missed is not None:
        return Start(missed, last)
    kept = feed.recent(session_id).rows
    return Start(kept, last, Gap(last, kept[0].seq if kept else None))
