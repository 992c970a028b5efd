"""Where in the running source an answer was decided."""

import linecache
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from portfolio_app.http.attacks.definitions import Outcome

_PACKAGE: Final = Path(__file__).resolve().parents[2]

# What is not refused raises nothing, so its place is looked up by the words of its line.
_DECIDED: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.STORED: ("infra/db/batch_sql.py", "self.connection.execute(_ADD_MESSAGES"),
    Outcome.REPEATED: ("infra/db/batch.py", "repeated=entry not in written"),
    Outcome.HELD: ("domain/chat/moderation.py", "return Verdict(tuple("),
    Outcome.SWAPPED: ("app/account/redeem.py", "repositories.sessions.revoke(caller.session_id"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of this package: `file` is relative to it, its first part names the layer."""

    file: str
    line: int
    code: str

    @property
    def layer(self) -> str:
        """The layer the file belongs to."""
        return self.file.partition("/")[0]


def place_of_error(error: BaseException) -> Place | None:
    """The innermost line of this package that the error passed, which is the one that raised it."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename).resolve()
        if path.is_relative_to(_PACKAGE):
            return _place(path, frame.lineno or 0)
    return None


@cache
def place_of(outcome: Outcome) -> Place:
    """The one line that makes this outcome; `LookupError` if the source has no such line, or several."""
    file, words = _DECIDED[outcome]
    path = _PACKAGE / file
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, text in enumerate(lines, start=1) if words in text]
    if len(found) != 1:
        raise LookupError(f"{file} has {len(found)} lines with {words!r}")
    return _place(path, found[0])


def _place(path: Path, line: int) -> Place:
    code = linecache.getline(str(path), line).strip()
    return Place(path.relative_to(_PACKAGE).as_posix(), line, code)
