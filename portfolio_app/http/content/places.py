"""Lines of the running source, for a page to name."""

import linecache
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parents[2]


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

    def __str__(self) -> str:
        return f"{_PACKAGE.name}/{self.file}:{self.line}"


def place_of_error(error: BaseException) -> Place | None:
    """The innermost line of this package that the error passed, which is the one that raised it."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename).resolve()
        if path.is_relative_to(_PACKAGE):
            return _place(path, frame.lineno or 0)
    return None


@cache
def line_with(file: str, words: str) -> Place:
    """The one line of `file` that holds `words`; `LookupError` if there is none, or several."""
    path = _PACKAGE / file
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, text in enumerate(lines, start=1) if words in text]
    if len(found) != 1:
        raise LookupError(f"{file} has {len(found)} lines with {words!r}")
    return _place(path, found[0])


def _place(path: Path, line: int) -> Place:
    code = linecache.getline(str(path), line).strip()
    return Place(path.relative_to(_PACKAGE).as_posix(), line, code)
