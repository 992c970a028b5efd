"""Errors that stop a start, and the escaping of foreign words on their way to a terminal."""

import re
from typing import Any, Final

_LACKING: Final = re.compile(
    r'no such (table|column): |table \S+ has no column named |(relation "|column )\S+ does not exist$'
)
_DAMAGED: Final = ("database disk image is malformed", "file is not a database")


class LaunchError(Exception):
    """The start can't go on; the text is one line for the person at the terminal, and does nothing to it."""

    def __init__(self, text: str) -> None:
        super().__init__("\n".join(map(inert, text.split("\n"))))


def inert(said: Any) -> Any:  # noqa: ANN401 (JSON)
    """The text, or all texts in a value of JSON, with what a terminal would obey, or not show, spelled out."""
    match said:
        case str():
            return said if said.isprintable() else "".join(map(_spelled, said))
        case dict():
            return {inert(name): inert(value) for name, value in said.items()}
        case list():
            return [inert(value) for value in said]
        case _:
            return said


def _spelled(sign: str) -> str:
    return sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")


def root_cause(error: BaseException) -> str:
    """The first line of what went wrong first, for a person who can act on it."""
    while error.__cause__ is not None:
        error = error.__cause__
    said = (str(error).splitlines() or [type(error).__name__])[0]
    if _LACKING.match(said):
        return f"{said}: doctor says what the database lacks"
    return f"{said}: restore a backup" if said in _DAMAGED else said
