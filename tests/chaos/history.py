"""The record of a run: one JSON object a line, in the order in which things happened to one process.

That order is all the checker compares; `at`, in seconds from the start, only says how long things took.
"""

import dataclasses
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

WINDOW_KEYS = ("room", "rev", "low")
ROW_KEYS = ("id", "rev", "pos", "cid", "body", "status")
FEED_KEYS = ("settled_rx_state_", "revision_rx_state_", "more_rx_state_")


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to one process at `at`."""

    kind: ClassVar[str]
    at: float = field(default=0.0, kw_only=True)


@dataclass(frozen=True, slots=True)
class Run(Entry):
    """The head of a file. `steady` are the authors who never pause: recovery is measured by them."""

    kind: ClassVar[str] = "run"
    seed: int
    rooms: list[str]
    steady: list[str]


@dataclass(frozen=True, slots=True)
class Invoke(Entry):
    """An author asks for a change of the message `cid`: `do` is post, edit or delete. A retry is an `Invoke` anew."""

    kind: ClassVar[str] = "invoke"
    op: int
    author: str
    do: str
    room: str
    cid: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Outcome(Entry):
    """How the `Invoke` of the same number ended, as its author knows it."""

    op: int


@dataclass(frozen=True, slots=True)
class Ok(Outcome):
    """It was acknowledged; `rev` is the revision that the answer named, 0 where it names none."""

    kind: ClassVar[str] = "ok"
    rev: int = 0


@dataclass(frozen=True, slots=True)
class Fail(Outcome):
    """It was refused: nothing may have come of it."""

    kind: ClassVar[str] = "fail"
    why: str


@dataclass(frozen=True, slots=True)
class Unknown(Outcome):
    """No answer came, or one that leaves it open: it may have happened, may not, or may still."""

    kind: ClassVar[str] = "unknown"
    why: str


@dataclass(frozen=True, slots=True)
class Frame(Entry):
    """A state update that a watcher of a room applied, without what the checker has no use for."""

    kind: ClassVar[str] = "frame"
    watcher: str
    room: str
    delta: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault(Entry):
    """A fault began, and ended with the `Fault` of the same number whose `ended` is true.

    `posting` says whether authors went on then: a fault may end after all have fallen silent.
    """

    kind: ClassVar[str] = "fault"
    number: int
    what: str
    ended: bool = False
    posting: bool = True


@dataclass(frozen=True, slots=True)
class Fresh(Entry):
    """What a new tab at one of the hosts is shown of a room while nothing is under way, after its `Stored`."""

    kind: ClassVar[str] = "fresh"
    room: str
    host: str
    window: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored(Entry):
    """What the database holds of a room while nothing is under way: in the end, and between two rounds.

    `rows` are those with a revision after `since`; the others are as they were read before.
    """

    kind: ClassVar[str] = "stored"
    room: str
    revision: int
    rows: list[dict[str, Any]]
    since: int = 0


_KINDS: dict[str, type[Entry]] = {
    kind.kind: kind for kind in (Run, Invoke, Ok, Fail, Unknown, Frame, Fault, Fresh, Stored)
}


@dataclass
class Rows:
    """The rows of each room, as one reading after the other says."""

    _of: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def take(self, entry: Stored) -> Stored:
        """The reading with all rows of its room."""
        new = {row["id"] for row in entry.rows}
        before = self._of.get(entry.room, []) if entry.since else []
        rows = self._of[entry.room] = [*(row for row in before if row["id"] not in new), *entry.rows]
        return dataclasses.replace(entry, rows=rows, since=0)


@dataclass
class History:
    """What has happened so far, also in `file`, line by line: a run that is killed can be judged, too.

    One that is `kept` has its entries in memory as well, which is too much for hours.
    """

    file: Path | None = None
    kept: bool = True
    entries: list[Entry] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @classmethod
    def read(cls, file: Path) -> Self:
        """The history in a file; a last line that was cut off is left out. Raises ValueError for anything else."""
        with file.open(encoding="utf-8") as lines:
            return cls(entries=list(_parsed(line for line in lines if line.endswith("\n"))))

    def add(self, entry: Entry) -> None:
        """Write down that this happened now."""
        entry = dataclasses.replace(entry, at=round(time.monotonic() - self.began, 4))
        if self.kept:
            self.entries.append(entry)
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as lines:
                lines.write(line_of(entry) + "\n")


def line_of(entry: Entry) -> str:
    """The entry as JSON."""
    return json.dumps({"kind": entry.kind} | dataclasses.asdict(entry), separators=(",", ":"))


def _parsed(lines: Iterable[str]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        try:
            fields = json.loads(line)
            yield _KINDS[fields.pop("kind")](**fields)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"line {number} is no entry of a history: {error}") from None


def kept_of(delta: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the checker needs of a state update: the window of a room, or what its feed carried."""
    kept: dict[str, Any] = {}
    for name, values in delta.items():
        if name.endswith("chat_state") and (window := values.get("window_rx_state_")):
            kept["chat_state"] = {"window_rx_state_": slim_window(window)}
        elif name.endswith("room_feed"):
            feed = {key: values[key] for key in FEED_KEYS if values.get(key)}
            if rows := values.get("arrivals_rx_state_"):
                feed["arrivals_rx_state_"] = [slim_row(row) for row in rows]
            if feed:
                kept["room_feed"] = feed
    return kept


def slim_window(window: dict[str, Any]) -> dict[str, Any]:
    """A window, its rows without what a page only paints."""
    return {key: window[key] for key in WINDOW_KEYS} | {"rows": [slim_row(row) for row in window["rows"]]}


def slim_row(row: dict[str, Any]) -> dict[str, Any]:
    """Id, revision, place, author's id, text and status; what a frame left out as usual stays left out."""
    return {key: row[key] for key in ROW_KEYS if key in row}
