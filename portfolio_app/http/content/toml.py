"""The owner's files: read, split, and their TOML as a typed shape; whatever is wrong is named by its line."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portfolio_app.http.content.model import ContentError

_UNSHOWN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML or UTF-8 can't hold, such as those that colour a terminal's output."""
_LIST: Final = 'must be a list, such as ["one", "two"]'
_DAY: Final = "must be a day without quotes, such as 2026-11-27"
_TABLE: Final = "must be a table of keys and values"
_PLAIN: Final = {
    "tuple_type": _LIST,
    "list_type": _LIST,
    "date_type": _DAY,
    "date_from_datetime_inexact": _DAY,
    "model_type": _TABLE,
    "dict_type": _TABLE,
    "string_type": "must be a text between quotes",
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "missing": "is missing",
    "extra_forbidden": "there is no such key",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must be made of a-z, 0-9 and single hyphens",
}
FENCE: Final = "+++"
Shape = TypeVar("Shape", bound=BaseModel)
_AT: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END: Final = re.compile(r" \(at end of document\)$")


def parse(text: str, shape: type[Shape], path: Path, first_line: int = 1) -> Shape:
    """`text`, which begins at `first_line` of `path`, as a `shape`. Raises ContentError."""
    try:
        found = tomllib.loads(text)
        refuse_unshown(found, path, lambda place: first_line + line_of_key(text, place))
        return shape.model_validate(found)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(path, first_line + _line_of_syntax(str(error), text), _sentence(error)) from None
    except RecursionError:
        raise ContentError(path, first_line, "is nested too deeply") from None
    except ValidationError as error:
        every = error.errors(include_url=False)
        first, *more = (_wrong(each, text, path, first_line) for each in every if not _follows(each, every))
        first.more = tuple(more)
        raise first from None


def refuse_unshown(value: object, path: Path, line_of: Callable[[tuple[int | str, ...]], int]) -> None:
    """Raise ContentError for a text in `value` with a character that no feed may carry, written as an escape."""
    for place, text in _texts(value):
        if reason := unshown(text):
            name = ".".join(map(str, place))
            raise ContentError(path, line_of(place), f"{name}: {reason}")


def _texts(value: object, place: tuple[int | str, ...] = ()) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(each, (*place, key))


def unshown(text: str) -> str:
    """Which character of a text no feed may carry; empty for none."""
    found = _UNSHOWN.search(text)
    return f"holds the character U+{ord(found[0]):04X}, which no feed may carry" if found else ""


def _wrong(error: ErrorDetails, text: str, path: Path, first_line: int) -> ContentError:
    name = ".".join(str(part) for part in error["loc"])
    reason = f"{name}: {in_plain_words(error)}"
    return ContentError(path, first_line + line_of_key(text, error["loc"]), reason)


def _follows(error: ErrorDetails, all_errors: list[ErrorDetails]) -> bool:
    """Whether a list is empty only because of what is wrong with its items."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        len(each["loc"]) > len(place) and each["loc"][: len(place)] == place for each in all_errors
    )


def in_plain_words(error: ErrorDetails) -> str:
    """An error in plain words, for people who write content and no Python."""
    said = error["msg"].removeprefix("Value error, ")
    return _PLAIN.get(error["type"], said)


def _sentence(error: tomllib.TOMLDecodeError) -> str:
    return f"not TOML: {_AT_END.sub('', _AT.sub('', str(error)))}"


def _line_of_syntax(said: str, text: str) -> int:
    found = _AT.search(said)
    return int(found[1]) - 1 if found else max(text.count("\n") - text.endswith("\n"), 0)


def line_of_item(text: str, key: str, index: int) -> int:
    """Lines before the text that stands at `index` in the list under `key`."""
    first = line_of_key(text, (key,))
    texts = re.compile(r'"[^"]*"|\'[^\']*\'')
    left = index
    for number, line in enumerate(text.splitlines()[first:], start=first):
        found = len(texts.findall(line))
        if found > left:
            return number
        left -= found
    return first


def line_of_key(text: str, location: tuple[int | str, ...]) -> int:
    """Lines before the innermost key of `location` that is written down."""
    lines = text.splitlines()
    at = 0
    for key, index in zip(location, (*location[1:], None), strict=True):
        if isinstance(key, int):
            continue
        name = rf"([\w-]+\.)*[\"']?{re.escape(key)}[\"']?"
        wanted = re.compile(rf"\s*(\[\[?{name}\]|{name}\s*[.=])")
        found = [number for number in range(at, len(lines)) if wanted.match(lines[number])]
        nth = index if isinstance(index, int) and index < len(found) else 0
        at = found[nth] if found else at
    return at


def split(text: str, path: Path, *, bare: bool = False) -> tuple[str, str, int]:
    """Front matter, body, and the line at which the body begins; with `bare`, there may be no body."""
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if fences[:1] != [0]:
        raise ContentError(path, 1, f"must begin with {FENCE}, then its title, summary and date as TOML")
    if len(fences) == 1:
        raise ContentError(path, 1, f"the front matter has no closing {FENCE}")
    end = fences[1]
    if not (body := "\n".join(lines[end + 1 :])).strip() and not bare:
        raise ContentError(path, end + 1, "nothing is written below the front matter")
    return "\n".join(lines[1:end]), body, end + 2


def read(path: Path) -> str:
    """The text of a file, in UTF-8, with or without a mark that says so. Raises ContentError."""
    text = _decoded(path)
    if found := _UNSHOWN.search(text):
        line = text[: found.start()].count("\n") + 1
        raise ContentError(path, line, unshown(found[0]))
    return text


def _decoded(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ContentError(path, line, "is not UTF-8 text") from None
    except OSError as error:
        raise ContentError(path, 1, f"can't be read: {error.strerror}") from None
