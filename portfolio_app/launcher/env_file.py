"""The file `.env`: variables for a start by hand, where the environment has none of that name."""

from io import StringIO
from pathlib import Path

from dotenv import load_dotenv
from dotenv.parser import parse_stream

from portfolio_app import folders
from portfolio_app.launcher.errors import LaunchError


def load_variables(file: Path) -> None:
    """Put the variables of a file, if there is one, into the environment. Raises LaunchError."""
    if not file.exists() or file.is_dir():
        return
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:  # PowerShell's `>` writes UTF-16
        line = error.object[: error.start].count(b"\n") + 1
        raise LaunchError(f"{folders.shown(file)}:{line}: is not UTF-8 text") from None
    if "\0" in text:  # which no variable can hold
        line = text[: text.index("\0")].count("\n") + 1
        raise LaunchError(f"{folders.shown(file)}:{line}: has a NUL in it")
    for found in parse_stream(StringIO(text)):
        if found.error:  # a name alone is none: compose passes it on
            # A binding as it is read begins with the blank lines above it.
            line = found.original.line + _blank_lines(found.original.string)
            raise LaunchError(f"{folders.shown(file)}:{line}: is no line NAME=value, quotes closed")
    load_dotenv(stream=StringIO(text))


def _blank_lines(text: str) -> int:
    return text[: len(text) - len(text.lstrip())].count("\n")
