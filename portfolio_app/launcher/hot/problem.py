"""A problem under `make dev`, for the terminal and the page: the words, the place, and how it came to it."""

import traceback
from pathlib import Path
from typing import Final, TypedDict

from portfolio_app import folders
from portfolio_app.http.content.model import ContentError
from portfolio_app.launcher.errors import LaunchError, inert
from portfolio_app.settings import SettingsError

ROOT: Final = Path(__file__).resolve().parents[3]
_NOT_OURS: Final = (".venv", ".web", "launcher")


class Problem(TypedDict):
    """A problem as it travels to the terminal and to the page."""

    message: str
    file: str
    line: int
    trace: str


def described(error: BaseException) -> Problem:
    """The problem of an error: one line for a mistake in the content or the settings, else with its traceback."""
    if isinstance(error, ContentError | SettingsError | LaunchError):
        said = str(error) if isinstance(error, LaunchError) else inert(str(error))
        return Problem(message=said, file="", line=0, trace="")
    file, line = _place(error)
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return Problem(
        message=f"{type(error).__name__}: {text}".removesuffix(": "),
        file=file,
        line=line,
        trace="".join(traceback.format_exception(error)),
    )


def worded(problem: Problem) -> str:
    """The problem in words for the terminal."""
    place = f"{problem['file']}:{problem['line']}: " if problem["file"] else ""
    trace = f"{problem['trace'].rstrip()}\n" if problem["trace"] else ""
    return f"{trace}error: {place}{problem['message']}"


def _place(error: BaseException) -> tuple[str, int]:
    """The innermost line of this project or of the owner's own folders, or where Python could not read on."""
    if isinstance(error, SyntaxError) and error.filename:
        return _local(Path(error.filename)) or error.filename, error.lineno or 0
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if local := _local(Path(frame.filename)):
            return local, frame.lineno or 0
    return "", 0


def _local(path: Path) -> str | None:
    if any(path.is_relative_to(folder) for folder in folders.outside()):
        return str(path)
    if not path.is_relative_to(ROOT):
        return None
    local = path.relative_to(ROOT)
    return None if set(local.parts[:2]) & set(_NOT_OURS) else local.as_posix()
