"""What a watcher of a room showed, replayed from the frames that it applied by the rules of the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from tests.chaos.history import Entry, Frame
from tests.socket.room import RoomView


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as somebody was shown it, at a revision of the room; 0 for one that others never saw."""

    place: str
    room: str
    rev: int
    cid: str
    body: str
    status: str

    @classmethod
    def of(cls, place: str, room: str, row: dict[str, Any]) -> Self:
        """What is usual goes unsaid in a frame."""
        return cls(place, room, row["rev"], row["cid"], row["body"], row.get("status", "visible"))


@dataclass
class Watched:
    """One watcher, whatever connections it had."""

    name: str
    room: str
    view: RoomView = field(default_factory=RoomView)
    seen: dict[Seen, None] = field(default_factory=dict)
    reached: list[tuple[int, float]] = field(default_factory=list)
    """Each revision up to which nothing was missing any more, and when."""

    @property
    def last(self) -> int:
        """The revision up to which nothing is missing."""
        return self.view.last

    @property
    def low(self) -> int:
        """The first place in the room that it shows."""
        return self.view.low

    @property
    def rows(self) -> Iterable[dict[str, Any]]:
        """Its rows as they are in the end."""
        return self.view.rows.values()

    def take(self, frame: Frame) -> None:
        """Apply a frame, and note what it showed."""
        self.view.take(frame.delta)
        if not self.reached or self.reached[-1][0] < self.last:
            self.reached.append((self.last, frame.at))
        window = frame.delta.get("chat_state", {}).get("window_rx_state_", {})
        arrivals = frame.delta.get("room_feed", {}).get("arrivals_rx_state_", [])
        for row in (*window.get("rows", ()), *arrivals):
            self.seen[Seen.of(self.name, self.room, row)] = None


def watched_of(history: Sequence[Entry]) -> list[Watched]:
    """Every watcher of a history, in the end."""
    found: dict[str, Watched] = {}
    for entry in history:
        if isinstance(entry, Frame):
            found.setdefault(entry.watcher, Watched(entry.watcher, entry.room)).take(entry)
    return [*found.values()]


def shown_in(rows: Iterable[dict[str, Any]], low: int) -> list[tuple[int, str, str]]:
    """Place, author's id and text of what a page shows from `low` on, from top to bottom."""
    placed = [(row.get("pos", row["rev"]), row) for row in rows if row.get("status", "visible") == "visible"]
    return sorted((place, row["cid"], row["body"]) for place, row in placed if place >= max(low, 1))
